"""AdminError: what is wrong with a request to the admin door."""


class AdminError(Exception):
    """A request that cannot be served, with a sentence that says what to do."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.status = message, status
