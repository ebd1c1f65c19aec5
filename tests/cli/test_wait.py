"""``ecrmock wait``."""

import threading
from collections.abc import Callable

from click.testing import Result

from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings
from tests.cli.calling import NOBODY
from tests.receivers import free_port

Ask = Callable[..., Result]


def test_waiting_says_what_answers(ask: Ask, server: Server) -> None:
    assert ask("wait").stdout.endswith(f"is ready at {server.url}\n")


def test_waiting_ends_when_a_server_comes_up(ask: Ask) -> None:
    late = make_server(Settings(), port=free_port())
    starting = threading.Timer(0.3, late.start)
    starting.start()
    result = ask("wait", "--timeout", "20s", url=f"http://localhost:{late.port}")
    starting.join()
    late.stop()
    assert result.exit_code == 0


def test_waiting_for_nobody_says_how_long(ask: Ask) -> None:
    result = ask("wait", "--timeout", "0.2s", url=NOBODY)
    assert result.stderr.startswith("Error: after 0.2 s: no server answers")


def test_a_time_that_is_none_is_bad_usage(ask: Ask) -> None:
    assert ask("wait", "--timeout", "soon").exit_code == 2
