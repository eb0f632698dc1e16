"""Where rows come from: one file for each format, and the door that tells them apart by their content."""
