"""Runs on disk: written whole, read back, made again and compared."""
