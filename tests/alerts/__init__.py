"""What `alerts/` promises, file by file."""
