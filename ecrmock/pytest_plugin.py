"""The pytest plugin: ``ecr``, ``ecr_client`` and ``ecr_server``, isolated for each test.

A test that takes none of them is not touched, and nothing of ecrmock's is loaded for it. Options come from
the configuration file (``ecr_account``, ``ecr_region``, ``ecr_require_layers``) and, nearer, from the marker
``@pytest.mark.ecr(account=…, region=…)``. A failed test shows the last calls that its ECR saw.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ecrmock.handle import Ecr, ServedEcr

_SHOWN_CALLS = 10
_SHOWN_LETTERS = 300  # of the parameters of one call, which may have a manifest among them
_handle = pytest.StashKey["Ecr"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings for a whole suite."""
    parser.addini("ecr_account", "the default account of the ecr fixtures", default="123456789012")
    parser.addini("ecr_region", "the default region of the ecr fixtures", default="")
    parser.addini(
        "ecr_require_layers",
        "refuse manifests whose layers nobody uploaded, as ECR does",
        type="bool",
        default=True,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "ecr(account, region, require_layers, settle, …): options of mock_ecr for the ecr fixtures",
    )


@pytest.fixture
def ecr(request: pytest.FixtureRequest) -> "Iterator[Ecr]":
    """A new, empty ECR that answers every boto3 client of this process during the test.

    Beside ``ecr_server`` it is the same one.
    """
    from ecrmock import mock_ecr  # noqa: PLC0415 - loaded for the tests that need it

    if "ecr_server" in request.fixturenames:
        yield request.getfixturevalue("ecr_server")
        return
    with mock_ecr(**_options(request)) as handle:
        request.node.stash[_handle] = handle
        yield handle


@pytest.fixture
def ecr_client(ecr: "Ecr") -> Any:
    """A boto3 client of ``ecr``."""
    import boto3  # noqa: PLC0415 - loaded for the tests that need it

    return boto3.client("ecr", region_name=ecr.region)


@pytest.fixture
def ecr_server(request: pytest.FixtureRequest) -> "Iterator[ServedEcr]":
    """A new, empty ECR on a free port: ``.url``, ``.registry``, ``.docker_login()``, and all of ``ecr``."""
    from ecrmock import mock_ecr  # noqa: PLC0415 - loaded for the tests that need it

    with mock_ecr(**_options(request), serve=True) as handle:
        request.node.stash[_handle] = handle
        yield handle  # type: ignore[misc] # what serve=True gives


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the options for a test: of the configuration file, then of the marker."""
    options: dict[str, Any] = {
        "account": request.config.getini("ecr_account"),
        "region": request.config.getini("ecr_region") or None,
        "require_layers": request.config.getini("ecr_require_layers"),
    }
    for marker in reversed(list(request.node.iter_markers("ecr"))):  # the nearest last
        options |= marker.kwargs
    return options


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the last calls beside the failure of a test that made some."""
    report = yield
    handle = item.stash.get(_handle, None)
    if report.when == "call" and report.failed and handle is not None and handle.calls:
        report.sections.append(("calls that ecrmock saw", _last_calls(handle)))
    return report


def _last_calls(handle: "Ecr") -> str:
    lines = [
        f"{record.time:%H:%M:%S.%f} {record.service} {record.operation} {record.region}"
        f" {record.error or 'ok'} {_shortened(str(dict(record.parameters)))}"
        for record in handle.calls[-_SHOWN_CALLS:]
    ]
    left_out = len(handle.calls) - len(lines)
    return "\n".join(([f"({left_out} earlier ones)"] if left_out else []) + lines)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_LETTERS else f"{text[:_SHOWN_LETTERS]}…"
