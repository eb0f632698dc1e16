"""What users are promised, asked of the code."""
