"""The manifest and the mirrors of examples/kubernetes fit together, and fit the server and its image."""

import re
import tomllib
from typing import Any

import pytest

from ecrmock.cli.serve import serve
from ecrmock.server import DEFAULT_PORT
from tests.clients.running_server import ROOT

FOLDER = ROOT / "examples/kubernetes"
NODE_PORT = 30527


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    documents = yaml.safe_load_all((FOLDER / "ecrmock.yaml").read_text())
    return {document["kind"]: document for document in documents}


@pytest.fixture
def pod(objects: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = objects["Deployment"]["spec"]["template"]["spec"]
    return pod


def mirrors() -> list[str]:
    return sorted(path.name for path in FOLDER.glob("*.toml"))


def test_the_service_leads_to_the_pods(objects: dict[str, Any], pod: dict[str, Any]) -> None:
    service, deployment = objects["Service"]["spec"], objects["Deployment"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    assert service["selector"] == deployment["selector"]["matchLabels"] == labels
    (port,), (inner,) = service["ports"], pod["containers"][0]["ports"]
    assert (port["targetPort"], port["nodePort"]) == (inner["name"], NODE_PORT)
    assert port["port"] == inner["containerPort"] == DEFAULT_PORT


def test_the_variables_are_those_of_serve(pod: dict[str, Any]) -> None:
    names = {variable["name"] for variable in pod["containers"][0]["env"]}
    assert names <= {f"ECRMOCK_{str(parameter.name).upper()}" for parameter in serve.params}


def test_no_variable_of_a_service_is_taken_for_an_option(pod: dict[str, Any]) -> None:
    """Kubernetes sets ECRMOCK_PORT to a URL where a service is called ecrmock."""
    assert pod["enableServiceLinks"] is False


def test_it_is_allowed_nothing_that_it_does_not_need(pod: dict[str, Any]) -> None:
    allowed = pod["containers"][0]["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert allowed["readOnlyRootFilesystem"] is True
    assert allowed["allowPrivilegeEscalation"] is False
    assert allowed["capabilities"] == {"drop": ["ALL"]}
    (user,) = re.findall(r"^USER (\d+):\d+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert int(user) > 0  # a number: Kubernetes cannot tell that a name is not root's


@pytest.mark.parametrize("name", mirrors())
def test_a_mirror_asks_the_port_of_the_service_and_never_aws(name: str) -> None:
    mirror = tomllib.loads((FOLDER / name).read_text())
    assert list(mirror["host"]) == [mirror["server"]]
    assert mirror["server"].startswith(f"http://localhost:{NODE_PORT}")


def test_the_first_mirror_is_for_the_registry_that_the_pod_names(objects: dict[str, Any]) -> None:
    registry = objects["Pod"]["spec"]["containers"][0]["image"].partition("/")[0]
    assert f"/etc/containerd/certs.d/{registry}/hosts.toml" in (FOLDER / "hosts.toml").read_text()
