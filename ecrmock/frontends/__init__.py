"""Doors: bytes to values and back."""
