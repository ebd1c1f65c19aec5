"""Run the conformance suite of the OCI distribution specification, and say why a case of it failed.

The reasons are the rows of the table "Spec mode versus ECR mode": where ECR, and so ecrmock, departs from
the specification on purpose.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

from tests.clients.conftest import password_of
from tests.clients.programs import Program
from tests.clients.running_server import RunningServer, new_repository

# Everything that is off by default; it makes more cases, not others.
ALL_APIS = {
    "OCI_API_BLOBS_DIGEST_HEADER": "true",
    "OCI_API_BLOBS_UPLOAD_CANCEL": "true",
    "OCI_API_MANIFESTS_DIGEST_HEADER": "true",
    "OCI_API_MANIFESTS_TAG_PARAM": "true",
}

# Each row with what the suite says of it.
PATCH, LOCATION = "PATCH status", "manifest PUT Location"
DIGEST_HEADER = "GET manifest Docker-Content-Digest"
UNREFERENCED = "GET of a blob that no manifest references yet"
ROWS = {
    PATCH: r"blob patch failed: .*\[202\], received 201",
    LOCATION: r"blob put did not return a location",
    DIGEST_HEADER: r"registry did not return a Docker-Content-Digest header",
    UNREFERENCED: r"received \{.*BLOB_UNKNOWN",
    "tags order / last": r"response did not match any condition: .* received 405",
}
SHA512 = "sha512 digests"  # the row of all that goes wrong with another algorithm than sha256
# What a refusal brings along: the error is compared with the content that was expected.
CONSEQUENCE = re.compile(
    r"(failed to verify returned location: )?(body contents|header value) mismatch"
    r"|(blob get failed: )?unexpected status code, expected one of \[(200|404)\], received 40[45]"
    r"|$"
)
PREFIX = "OCI Conformance Test/"


def failing_cases(
    suite: Program, server: RunningServer, folder: Path, *, is_sparse: bool = False
) -> dict[str, list[str]]:
    """Run the whole suite; return the failing cases of each row, and of "" what no row explains.

    ``is_sparse``: also with manifests whose layers and children nobody pushed.
    """
    ready = suite.with_environment(
        **ALL_APIS,
        OCI_DATA_SPARSE=str(is_sparse).lower(),
        OCI_VERSION="1.1",
        OCI_REGISTRY=server.registry,
        OCI_TLS="disabled",
        OCI_REPO1=new_repository(server.api()).name,
        OCI_REPO2=new_repository(server.api()).name,
        OCI_USERNAME="AWS",
        OCI_PASSWORD=password_of(server),
        OCI_RESULTS_DIR=str(folder),
    )
    with ready.start() as process:  # it exits with 1 when a case fails
        process.communicate(timeout=120)
    found: dict[str, set[str]] = {}
    for case in ElementTree.parse(folder / "junit.xml").iter("testcase"):
        if case.get("status") in ("failure", "error"):
            name = case.get("name", "").removeprefix(PREFIX)
            for row in rows_of(name, case.findtext("system-out") or ""):
                found.setdefault(row, set()).add(name)
    return {row: sorted(names) for row, names in found.items()}


def rows_of(name: str, said: str) -> set[str]:
    """Say which rows explain a failing case; "" when its output has a line that none explains."""
    rows = {row for row, pattern in ROWS.items() if re.search(pattern, said)}
    refused = bool(re.search("received 40[045]", said))
    unexplained = any(not is_explained(line, refused) for line in said.splitlines())
    if unexplained or not rows:
        rows.add(SHA512 if "sha512" in name else "")
    if rows & {UNREFERENCED, SHA512}:
        rows.discard(DIGEST_HEADER)  # errors have none
    return rows


def is_explained(line: str, refused: bool) -> bool:
    """Tell whether a line is a row's, or comes along with a refusal."""
    if refused and CONSEQUENCE.match(line):
        return True
    return any(re.search(pattern, line) for pattern in ROWS.values())
