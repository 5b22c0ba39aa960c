"""Checkpoints: reading, carrying by axis letters, writing."""
