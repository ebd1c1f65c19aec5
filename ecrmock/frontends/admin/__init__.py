"""The admin door: what a test or a CI job asks of the emulator itself, as JSON under ``/_ecrmock/``."""
