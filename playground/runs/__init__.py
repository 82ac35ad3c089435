"""Runs on disk: what was recorded, read and written without torch."""
