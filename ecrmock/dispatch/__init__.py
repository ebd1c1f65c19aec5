"""The corridor: the one way from any door to an operation."""
