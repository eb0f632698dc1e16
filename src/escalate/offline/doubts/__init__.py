"""What makes a log as a whole doubtful, gathered while it is read and the same for any way to cut it up."""
