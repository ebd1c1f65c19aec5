"""Verbs: one function for each AWS operation, one module for each capability."""
