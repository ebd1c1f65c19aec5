"""Waiting for the signal that ends a server."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_signals() -> Iterator[Callable[[], object]]:
    """Give what waits for SIGINT or SIGTERM; one that has come already counts.

    A signal is written to a socket the moment it comes. A lock would not do: one that comes while it is about
    to be waited for is not seen, and the handler of one that comes a little earlier waits for the lock itself.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        before = signal.set_wakeup_fd(writer.fileno())
        for number in _ENDING:
            signal.signal(number, lambda *_: None)
        try:
            yield lambda: reader.recv(1)
        finally:
            signal.set_wakeup_fd(before)
