"""Step 3, fault: failures that a user asked for. There is no way to ask for one yet."""

from ecrmock.dispatch.call import Call


class Faults:
    """The failures to be injected into one backend's calls."""

    def check(self, call: Call) -> None:
        """Raise the error that this call is to fail with, if any."""
