"""``ecrmock serve``: what it prints, how it is configured, and how it ends. Source: DESIGN.md section 4."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from ecrmock.cli import main
from ecrmock.cli.serve import serve as serve_command
from tests.cli.conftest import Process
from tests.documents import digest_of
from tests.receivers import accept_events, free_port, receiving

Serve = Callable[..., Process]
Run = Callable[..., subprocess.CompletedProcess[str]]
OPTIONS = [
    option
    for parameter in serve_command.params
    if isinstance(parameter, click.Option)
    for option in (*parameter.opts, *parameter.secondary_opts)
]


def health(process: Process) -> dict[str, Any]:
    return json.loads(process.ask("GET", "/_ecrmock/health")[1])


def invoke(*arguments: str, **variables: str) -> Result:
    """Run a command in this process; only one that ends before it serves."""
    return CliRunner().invoke(main, arguments, env=variables)


@pytest.fixture
def uploading(serve: Serve) -> Iterator[Process]:
    """A server in the middle of taking a layer in."""
    process = serve("--anonymous")
    create(process, "app")
    with closing(process.connect()) as connection:
        path = start_upload(connection, "app")
    with socket.create_connection(("127.0.0.1", process.port), timeout=60) as client:
        head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\n"
        client.sendall(f"{head}Content-Length: 99\r\nExpect: 100-continue\r\n\r\n".encode())
        assert client.recv(65_536).startswith(b"HTTP/1.1 100")
        client.sendall(b"some")
        yield process


def create(process: Process, name: str) -> None:
    target = "AmazonEC2ContainerRegistry_V20150921.CreateRepository"
    connection = process.connect()
    body = json.dumps({"repositoryName": name})
    connection.request("POST", "/", body, {"X-Amz-Target": target})
    assert connection.getresponse().status == 200
    connection.close()


def start_upload(connection: http.client.HTTPConnection, name: str) -> str:
    connection.request("POST", f"/v2/{name}/blobs/uploads/")
    response = connection.getresponse()
    response.read()
    return f"/v2/{name}/blobs/uploads/{response.headers['Docker-Upload-UUID']}"


def test_the_first_line_says_where_it_listens(serve: Serve) -> None:
    process = serve()
    assert process.ready_line == f"ecrmock is ready at http://localhost:{process.port}\n"


def test_it_accepts_connections_once_it_says_so(serve: Serve) -> None:
    assert health(serve())["status"] == "ok"


def next_steps(registry: str, region: str) -> str:
    return f"""
  export AWS_ENDPOINT_URL=http://{registry}
  export AWS_ACCESS_KEY_ID=test
  export AWS_SECRET_ACCESS_KEY=test
  export AWS_DEFAULT_REGION={region}
  aws ecr create-repository --repository-name team/app
  aws ecr get-login-password | docker login --username AWS --password-stdin {registry}
  docker push {registry}/team/app:1.0
"""


def without_ecr_public(output: str) -> str:
    """Return what was printed, without the line that has a port of its own."""
    steps, _, line = output.partition("\nECR Public and its gallery are at http://localhost:")
    assert line.strip().isdigit(), output
    return steps


def test_it_prints_what_to_type_next(serve: Serve) -> None:
    process = serve("--region", "eu-west-1").stop()
    expected = next_steps(f"localhost:{process.port}", "eu-west-1")
    assert without_ecr_public(process.output) == expected


def test_it_prints_the_address_at_which_clients_reach_it(serve: Serve) -> None:
    process = serve("--public-url", "http://localhost:8080").stop()
    assert "\n  export AWS_ENDPOINT_URL=http://localhost:8080\n" in process.output


def test_while_policies_are_enforced_the_key_to_type_is_one_that_is_let_in(serve: Serve) -> None:
    process = serve("--enforce-iam", "--root-secret", "abc").stop()
    assert "\n  export AWS_ACCESS_KEY_ID=123456789012\n" in process.output
    assert "\n  export AWS_SECRET_ACCESS_KEY=the-root-secret\n" in process.output


def test_it_logs_nothing_that_looks_like_trouble(serve: Serve) -> None:
    process = serve()
    process.ask("GET", "/v2/")
    assert process.stop().log == ""


def test_verbose_logs_requests(serve: Serve) -> None:
    process = serve("--verbose")
    process.ask("GET", "/v2/")
    assert "GET /v2/ 401" in process.stop().log


def test_the_addresses_are_written_to_the_ready_file(serve: Serve, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    process = serve("--ready-file", str(ready))
    urls = f"http://localhost:{process.port}\n{process.public_url}\n"
    process.stop()
    written = {path.name: path.read_text() for path in tmp_path.glob("ready*")}
    assert written == {"ready": urls}


def test_ecr_public_has_a_free_port_beside_one_that_is_free(serve: Serve) -> None:
    """So that servers side by side never want the same one."""
    first, second = serve(), serve()
    assert first.public_url != second.public_url


def test_ecr_public_answers_where_it_is_said_to(serve: Serve) -> None:
    process = serve()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{process.public_url}/v2/")
    with caught.value as answer:
        assert answer.headers["Www-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("variables", [{}, {"ECRMOCK_PUBLIC_PORT": "off"}])
def test_ecr_public_may_have_no_port(serve: Serve, variables: dict[str, str]) -> None:
    options = () if variables else ("--public-port", "off")
    process = serve(*options, **variables)
    assert health(process)["public_registry"] == "public.ecr.aws"
    assert "ECR Public" not in process.stop().output


def test_the_port_of_ecr_public_can_be_chosen(serve: Serve) -> None:
    port = free_port()
    process = serve("--public-port", str(port))
    assert health(process)["public_registry"] == f"localhost:{port}"


@pytest.mark.parametrize("port", ["on", "-1", "65536", "1.5"])
def test_what_is_no_port_is_refused(run: Run, port: str) -> None:
    done = run("serve", "--port", "0", "--public-port", port)
    assert (done.returncode, "is no port" in done.stderr) == (2, True)


def test_a_chosen_port_that_is_taken_is_a_failure_that_names_its_option(
    serve: Serve, run: Run
) -> None:
    taken = serve().public_url.rpartition(":")[2]
    done = run("serve", "--port", "0", "--public-port", taken)
    assert (done.returncode, "--public-port 0" in done.stderr) == (1, True)


def test_behind_a_port_mapping_ecr_public_is_another_port_of_the_same_host(serve: Serve) -> None:
    port = free_port()
    process = serve("--public-url", "https://ecr.test:8443", "--public-port", str(port))
    assert process.public_url == f"https://ecr.test:{port}"


def test_where_ecr_public_is_reached_can_be_told(serve: Serve) -> None:
    process = serve("--public-registry-url", "https://public.ecr.test")
    assert process.public_url == "https://public.ecr.test"
    assert health(process)["public_registry"] == "public.ecr.test"


def test_a_ready_file_that_cannot_be_written_is_a_failure_in_words(
    run: Run, tmp_path: Path
) -> None:
    """Source: DESIGN.md section 4, exit codes."""
    (tmp_path / "ready.partial").mkdir()  # where it is written before it gets its name
    done = run("serve", "--port", "0", "--ready-file", str(tmp_path / "ready"))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_by_a_signal(serve: Serve, number: signal.Signals) -> None:
    process = serve().stop(number)
    assert (process.exit_code, process.log) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_in_the_middle_of_an_upload(
    uploading: Process, number: signal.Signals
) -> None:
    process = uploading.stop(number)
    assert (process.exit_code, "Traceback" in process.log) == (0, False)


def test_every_option_can_be_a_variable(serve: Serve) -> None:
    variables = {"ECRMOCK_PORT": "0", "ECRMOCK_ACCOUNT": "111122223333"}
    found = health(serve(**variables, ECRMOCK_REGION="eu-west-1"))
    assert (found["account"], found["region"]) == ("111122223333", "eu-west-1")


def test_a_flag_can_be_a_variable(serve: Serve) -> None:
    assert serve(ECRMOCK_ANONYMOUS="1").ask("GET", "/v2/")[0] == 200


@pytest.mark.parametrize(("mode", "status"), [("ecr", 201), ("oci", 202)])
def test_the_mode_of_the_registry_is_an_option(serve: Serve, mode: str, status: int) -> None:
    process = serve("--anonymous", "--registry-mode", mode)
    create(process, "app")
    with closing(process.connect()) as connection:
        path = start_upload(connection, "app")
    assert process.ask("PATCH", path, b"layer")[0] == status


def test_further_host_names_are_told(serve: Serve) -> None:
    process = serve(ECRMOCK_ALLOWED_HOST="ecr.corp.com ecr.corp.net")
    with closing(process.connect()) as connection:
        statuses = []
        for host in ("ecr.corp.com", "ecr.corp.net", "ecr.corp.org"):
            connection.request("GET", "/_ecrmock/health", headers={"Host": f"{host}:80"})
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
    assert statuses == [200, 200, 403]
    assert "--allowed-host ecr.corp.org" in process.stop().log


def test_blobs_are_redirected_on_request(serve: Serve) -> None:
    process = serve("--anonymous", "--registry-mode", "oci", ECRMOCK_REDIRECT_BLOBS="1")
    create(process, "app")
    digest = digest_of(b"layer")
    process.ask("POST", f"/v2/app/blobs/uploads/?digest={digest}", b"layer")
    assert process.ask("GET", f"/v2/app/blobs/{digest}") == (307, b"")


def put_image(process: Process, tag: str) -> None:
    """Push an image without layers."""
    create(process, tag)
    for content in (b"{}", tag.encode()):
        with closing(process.connect()) as connection:
            path = start_upload(connection, tag)
        assert process.ask("PUT", f"{path}?digest={digest_of(content)}", content)[0] == 201
    manifest = manifest_of(tag.encode(), b"{}")
    assert process.ask("PUT", f"/v2/{tag}/manifests/1.0", manifest)[0] == 201


def names_of(envelopes: Iterable[dict[str, Any]]) -> list[str]:
    return [envelope["detail"]["repository-name"] for envelope in envelopes]


def test_events_are_written_to_files(serve: Serve, tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    process = serve("--anonymous", *(f"--events-file={file}" for file in files))
    put_image(process, "app")
    put_image(process, "web")
    process.stop()
    found = [names_of(map(json.loads, file.read_text().splitlines())) for file in files]
    assert (found, process.log) == ([["app", "web"]] * 2, "")


def test_the_files_of_a_variable_are_separated_as_in_a_path(serve: Serve, tmp_path: Path) -> None:
    files = [tmp_path / "with blank", tmp_path / "two"]
    process = serve("--anonymous", ECRMOCK_EVENTS_FILE=os.pathsep.join(map(str, files)))
    put_image(process, "app")
    process.stop()
    assert [len(file.read_text().splitlines()) for file in files] == [1, 1]


def test_events_go_to_webhooks_and_endpoints(serve: Serve) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with receiving() as webhook, receiving(accept_events) as bridge:
        options = (f"--events-webhook={webhook.url}", f"--events-endpoint={bridge.url}")
        put_image(serve("--anonymous", *options, **keys), "app")
        posted, put = webhook.take()[0].document, bridge.take()[0].document
    assert names_of([posted]) == ["app"]
    assert json.loads(put["Entries"][0]["Detail"]) == posted["detail"]


def test_a_sink_that_is_down_keeps_no_server_from_ending(serve: Serve) -> None:
    process = serve("--anonymous", "--events-webhook", f"http://127.0.0.1:{free_port()}")
    put_image(process, "app")
    process.stop()
    assert (process.exit_code, "events not sent to http" in process.log) == (0, True)


def test_a_stream_ends_with_the_server(serve: Serve) -> None:
    process = serve()
    with closing(process.connect()) as connection:
        connection.request("GET", "/_ecrmock/events?stream")
        response = connection.getresponse()
        process.stop()
        assert (response.read(), process.exit_code) == (b"", 0)


def test_an_option_goes_before_its_variable(serve: Serve) -> None:
    process = serve("--account", "111122223333", ECRMOCK_ACCOUNT="444455556666")
    assert health(process)["account"] == "111122223333"


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({}, "us-east-1"),
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        ({"AWS_REGION": "eu-west-1", "ECRMOCK_REGION": "eu-west-3"}, "eu-west-3"),
    ],
)
def test_the_region_is_that_of_the_environment(
    serve: Serve, variables: dict[str, str], region: str
) -> None:
    assert health(serve(**variables))["region"] == region


BAD = [
    ("--port", "70000", "0<=x<=65535"),
    ("--port", "many", "not a valid integer"),
    ("--account", "12", "twelve digits"),
    ("--region", "nowhere", "us-east-1"),
    ("--uri-style", "any", "'path', 'host', 'aws'"),
    ("--registry-mode", "any", "'ecr', 'oci'"),
    ("--public-url", "localhost:5327", "as in http://"),
    ("--public-url", "ftp://ecr.test", "as in http://"),
    ("--public-url", "http://ecr.test/path", "as in http://"),
    ("--allowed-host", "ecr.corp.com:5327", "without a port"),
    ("--allowed-host", "http://ecr.corp.com", "without a port"),
    ("--memory-limit", "much", "as in 512M"),
    ("--ready-file", "/nowhere/at/all", "no folder"),
    ("--ready-file", "/dev", "is a directory"),
    ("--events-file", "/nowhere/at/all", "no folder"),
    ("--events-file", "/dev", "is a directory"),
    ("--events-webhook", "localhost:8080", "as in http://"),
    ("--events-webhook", "http://me:word@localhost", "without a login"),
    ("--events-endpoint", "arn:aws:events:us-east-1:123456789012:event-bus/default", "as in http"),
    ("--events-endpoint", "http://", "as in http://"),
]


@pytest.mark.parametrize(("option", "value", "hint"), BAD)
def test_a_bad_value_is_answered_with_what_is_wanted(option: str, value: str, hint: str) -> None:
    result = invoke("serve", option, value)
    assert (result.exit_code, option in result.stderr, hint in result.stderr) == (2, True, True)


@pytest.mark.parametrize(("option", "value", "hint"), BAD)
def test_a_bad_variable_is_answered_likewise(option: str, value: str, hint: str) -> None:
    name = f"ECRMOCK_{option.removeprefix('--').replace('-', '_').upper()}"
    result = invoke("serve", **{name: value})
    assert (result.exit_code, hint in result.stderr) == (2, True)


def test_a_bad_region_of_the_environment_is_refused() -> None:
    result = invoke("serve", AWS_REGION="nowhere", AWS_DEFAULT_REGION="", ECRMOCK_REGION="")
    assert (result.exit_code, "nowhere" in result.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [("serve", "--nothing"), ("serve", "more"), ("nothing",)])
def test_what_it_does_not_know_is_bad_usage(arguments: tuple[str, ...]) -> None:
    assert invoke(*arguments).exit_code == 2


def test_a_port_in_use_is_a_failure_with_a_way_out(serve: Serve, run: Run) -> None:
    port = serve().port
    done = run("serve", "--port", str(port))
    assert done.returncode == 1
    assert all(hint in done.stderr for hint in (f"port {port}", "in use", "--port 0"))


def test_a_port_in_use_is_no_traceback(serve: Serve, run: Run) -> None:
    done = run("serve", "--port", str(serve().port))
    assert ("Traceback" in done.stderr, done.stdout) == (False, "")


def test_files_that_are_no_certificate_are_named(tmp_path: Path) -> None:
    files = {option: str(tmp_path / option) for option in ("--cert", "--key")}
    for file in files.values():
        Path(file).write_text("nothing")
    result = invoke("serve", "--port", "0", *chain.from_iterable(files.items()))
    assert result.exit_code == 1
    assert all(file in result.stderr for file in files.values())
    assert "PEM" in result.stderr


def test_an_address_of_another_machine_is_a_failure(run: Run) -> None:
    done = run("serve", "--host", "203.0.113.1", "--port", "0")
    assert (done.returncode, "203.0.113.1" in done.stderr) == (1, True)
    assert "--host" in done.stderr
    assert "--port" not in done.stderr


@pytest.mark.parametrize("option", [*OPTIONS, "--help"])
def test_help_lists_every_option(option: str) -> None:
    assert option in invoke("serve", "--help").stdout


def test_help_says_that_options_are_variables_too() -> None:
    assert "ECRMOCK_PORT" in invoke("serve", "--help").stdout


def test_the_command_lists_its_commands() -> None:
    assert "serve" in invoke("--help").stdout


def test_the_command_knows_its_version(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, "0.1" in done.stdout) == (0, True)


def push(process: Process, number: int) -> int:
    """Push an image with layers of its own and one that all of them have; return the last status."""
    layers = [b"common" * 50_000, f"{number}".encode() * 400_000, b"{}"]
    connection = process.connect()
    for layer in layers:
        path = f"{start_upload(connection, 'app')}?digest={digest_of(layer)}"
        connection.request("PUT", path, layer)
        connection.getresponse().read()
    connection.request("PUT", f"/v2/app/manifests/{number}", manifest_of(*layers))
    status = connection.getresponse().status
    connection.close()
    return status


def manifest_of(*blobs: bytes) -> bytes:
    *layers, config = [
        {"mediaType": "application/octet-stream", "digest": digest_of(blob), "size": len(blob)}
        for blob in blobs
    ]
    kind = "application/vnd.oci.image.manifest.v1+json"
    document = {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers}
    return json.dumps(document).encode()


def test_eight_clients_push_at_once(serve: Serve) -> None:
    process = serve("--anonymous")
    create(process, "app")
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda number: push(process, number), range(8)))
    assert statuses == [201] * 8


def test_nothing_is_lost_when_eight_clients_push_at_once(serve: Serve) -> None:
    process = serve("--anonymous")
    create(process, "app")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: push(process, number), range(8)))
    tags = json.loads(process.ask("GET", "/v2/app/tags/list")[1])["tags"]
    layers = [f"{number}".encode() * 400_000 for number in range(8)]
    got = [process.ask("GET", f"/v2/app/blobs/{digest_of(layer)}")[1] for layer in layers]
    assert (sorted(tags), got) == ([str(number) for number in range(8)], layers)


def test_what_scans_are_to_use_has_to_be_there(tmp_path: Path) -> None:
    """Nobody waits for the first scan to hear that a path was wrong."""
    (tmp_path / "notes.txt").write_text("x")
    for arguments, text in [
        (("--advisories", str(tmp_path / "none")), "does not exist"),
        (("--advisories", str(tmp_path)), "no .json and no .zip"),
        (("--advisories", str(tmp_path / "notes.txt")), "no folder, no zip"),
        (("--scanner", "clair"), "'clair' is not one of 'trivy', 'grype'"),
        (("--scanner", "grype"), "grype is not on this machine's PATH"),
    ]:
        result = invoke("serve", *arguments, PATH=str(tmp_path))
        assert (result.exit_code, text in result.stderr) == (2, True), result.stderr


def test_advisories_may_be_named_by_a_variable(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("{}")
    assert health(serve(ECRMOCK_ADVISORIES=str(tmp_path)))["status"] == "ok"


FIRST_PUSH = """
import http.client, sys, types
from ecrmock.cli.serve import load_ahead
from ecrmock.server import make_server
from ecrmock.values.settings import Settings
from tests.cli.test_serve import create, push

with make_server(Settings(anonymous=True)) as server:
    load_ahead()
    connect = lambda: http.client.HTTPConnection("127.0.0.1", server.port)
    process = types.SimpleNamespace(connect=connect)
    create(process, "app")
    loaded = set(sys.modules)
    status = push(process, 1)
    print(status, *(name for name in set(sys.modules) - loaded if name.startswith("ecrmock.")))
"""


def test_the_first_push_has_nothing_to_load() -> None:
    """It took 20 ms longer than the second one."""
    run = subprocess.run(
        [sys.executable, "-c", FIRST_PUSH], capture_output=True, check=True, text=True
    )
    assert run.stdout == "201\n"
