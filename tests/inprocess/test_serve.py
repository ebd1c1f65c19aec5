"""mock_ecr(serve=True): the ECR of this process is also on a port. Source: DESIGN.md section 4."""

import base64
import http.client
import json
import threading
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from ecrmock import ServedEcr, mock_ecr
from ecrmock.values.names import sha256_of

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture
def served():
    with mock_ecr(serve=True) as served:
        yield served


def connect(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)


def ask(served, method, path, body=None, **headers):
    """Send a request, logged in as docker does, and return status, headers and body."""
    credentials = base64.b64encode(f"AWS:{served.password()}".encode()).decode()
    connection = connect(served.url)
    try:
        connection.request(method, path, body, {"Authorization": f"Basic {credentials}", **headers})
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()


def push(served, name="team/app", tag="1.0"):
    """Push an image as docker does, and return the digest of its manifest."""
    for content in (b"{}", b"layer"):
        _, headers, _ = ask(served, "POST", f"/v2/{name}/blobs/uploads/")
        path = urlsplit(headers["Location"]).path
        ask(served, "PUT", f"{path}?digest={sha256_of(content)}", content)
    blobs = [
        {"mediaType": "application/x", "digest": sha256_of(content), "size": len(content)}
        for content in (b"{}", b"layer")
    ]
    document = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": blobs[0]}
    body = json.dumps({**document, "layers": blobs[1:]}).encode()
    path = f"/v2/{name}/manifests/{tag}"
    assert ask(served, "PUT", path, body, **{"Content-Type": MANIFEST_TYPE})[0] == 201
    return sha256_of(body)


def test_the_handle_is_one_that_is_served(served):
    assert isinstance(served, ServedEcr)
    assert served.url.startswith("http://localhost:")


def test_the_url_is_reached_over_http(served):
    status, _, body = ask(served, "GET", "/_ecrmock/health")
    assert (status, json.loads(body)["account"]) == (200, "123456789012")


def test_the_registry_is_the_host_and_port_of_the_url(served):
    assert served.registry == urlsplit(served.url).netloc


def test_the_registry_takes_the_password(served):
    assert ask(served, "GET", "/v2/")[0] == 200


def test_what_docker_pushes_is_seen_by_boto3_in_this_process(served):
    client = boto3.client("ecr")
    client.create_repository(repositoryName="team/app")
    digest = push(served)
    (detail,) = client.describe_images(repositoryName="team/app")["imageDetails"]
    assert (detail["imageDigest"], detail["imageTags"]) == (digest, ["1.0"])


def test_what_the_handle_pushes_is_pulled_over_http(served):
    pushed = served.push_image("team/app", tag="1.0")
    status, headers, body = ask(served, "GET", "/v2/team/app/manifests/1.0", Accept=MANIFEST_TYPE)
    assert (status, headers["Content-Type"]) == (200, MANIFEST_TYPE)
    assert sha256_of(body) == pushed.image_digest


def test_the_uri_of_a_repository_leads_to_the_server(served):
    made = boto3.client("ecr").create_repository(repositoryName="app")["repository"]
    assert made["repositoryUri"] == f"{served.registry}/app"


def test_a_client_of_the_url_sees_what_a_client_in_this_process_made(served):
    boto3.client("ecr").create_repository(repositoryName="app")
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("ecr", endpoint_url=served.url, **keys)
    assert len(client.describe_repositories()["repositories"]) == 1


def test_the_download_url_of_a_layer_leads_to_the_server(served):
    served.push_image("app", tag="1", layers=[b"layer"])
    digest = sha256_of(b"layer")
    answer = boto3.client("ecr").get_download_url_for_layer(
        repositoryName="app", layerDigest=digest
    )
    parts = urlsplit(answer["downloadUrl"])
    assert parts.netloc == served.registry
    assert ask(served, "GET", f"{parts.path}?{parts.query}")[2] == b"layer"


@pytest.mark.parametrize("options", [{}, {"account": "111122223333", "region": "eu-west-1"}])
def test_options_hold_for_the_server_too(options):
    with mock_ecr(serve=True, **options) as served:
        health = json.loads(ask(served, "GET", "/_ecrmock/health")[2])
    assert (health["account"], health["region"]) == (served.account, served.region)


def test_public_registries_have_a_port_of_their_own(served):
    image = served.public.push_image("app", tag="1.0")
    host, _, alias = served.public.registry.partition("/")
    connection = connect(served.gallery_url)
    connection.request("GET", "/token/")
    token = json.loads(connection.getresponse().read())["token"]
    authorization = {"Authorization": f"Bearer {token}"}
    connection.request("HEAD", f"/v2/{alias}/app/manifests/1.0", headers=authorization)
    digest = connection.getresponse().headers["Docker-Content-Digest"]
    connection.close()
    assert (digest, f"http://{host}") == (image.image_digest, served.gallery_url)


def test_the_password_of_public_registries_opens_them(served):
    credentials = base64.b64encode(f"AWS:{served.public.password()}".encode()).decode()
    connection = connect(served.gallery_url)
    connection.request("GET", "/token/", headers={"Authorization": f"Basic {credentials}"})
    status = connection.getresponse().status
    connection.close()
    assert status == 200


def test_pulls_from_public_registries_can_be_limited():
    with mock_ecr(serve=True, public_rate_limits=True) as served:
        assert served._backend.settings.public_rate_limits


def test_at_the_end_the_server_has_stopped():
    with mock_ecr(serve=True) as served:
        pass
    with pytest.raises(ConnectionRefusedError):
        ask(served, "GET", "/v2/")


def test_at_the_end_no_thread_is_left():
    before = threading.active_count()
    with mock_ecr(serve=True) as served:
        ask(served, "GET", "/v2/")
    assert threading.active_count() == before


def test_when_a_test_fails_the_server_has_stopped():
    with pytest.raises(ZeroDivisionError), mock_ecr(serve=True) as served:
        raise ZeroDivisionError
    with pytest.raises(ConnectionRefusedError):
        ask(served, "GET", "/v2/")


def test_two_servers_have_a_port_and_an_ecr_each(served):
    served.push_image("app")
    with mock_ecr(serve=True) as other:
        status, _, _ = ask(other, "GET", "/v2/app/tags/list")
    assert other.url != served.url
    assert status == 404


def test_an_outer_server_is_not_the_inner_ones(served):
    with mock_ecr():
        served.push_image("app")
        with pytest.raises(ClientError, match="RepositoryNotFoundException"):
            boto3.client("ecr").list_images(repositoryName="app")


def test_a_decorated_function_may_be_served():
    @mock_ecr(serve=True)
    def uri():
        return boto3.client("ecr").create_repository(repositoryName="app")["repository"]

    assert uri()["repositoryUri"].startswith("localhost:")


def test_without_serving_there_is_no_url():
    with mock_ecr() as handle:
        assert not hasattr(handle, "url")
