"""Nouns: frozen values, their errors, the events. No decision that needs a second value lives here."""
