"""Consequences: what ECR does unasked after an event."""
