"""Data of one's own."""
