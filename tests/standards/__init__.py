"""What `standards/` promises, file by file."""
