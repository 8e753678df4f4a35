"""Scenes written down: a Markdown file of parts, each with its text and with commands in comments."""
