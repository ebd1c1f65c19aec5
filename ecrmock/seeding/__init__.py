"""Filling a backend from outside: images from files, folders and archives."""
