"""What a log says of a desk, chapter by chapter; each chapter gathers in one pass over the cases."""
