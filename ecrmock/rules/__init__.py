"""Decisions: pure functions, values in and values out, without clock, state or side effect."""
