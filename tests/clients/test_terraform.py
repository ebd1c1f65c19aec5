"""Terraform's AWS provider against the server: apply, no drift, update in place, read, destroy.

The tests follow one state from its creation to its end, in the order in which they stand here.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.clients.programs import Program
from tests.clients.running_server import (
    DEFAULT_ACCOUNT,
    ROOT,
    Repository,
    RunningServer,
    running_server,
)
from tests.clients.terraform_folders import SECONDS, why_no_provider

EXAMPLE = ROOT / "examples/terraform/main.tf"
FILES = Path(__file__).parent / "terraform"
CHANGED = {
    "image_tag_mutability": "MUTABLE",
    "stage": "production",
    "readers": '["111122223333", "444455556666"]',
    "scan_on_push": "true",
    "scan_type": "ENHANCED",
    "policy_scope": "V2",
    "untagged_images": "3",
}
HOST = f"{DEFAULT_ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"

terraform_needed = pytest.mark.clients_extra


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("server"), "--uri-style", "aws") as server:
        yield server


@pytest.fixture(scope="module")
def applied(folder: Callable[..., Program], server: RunningServer) -> Program:
    """The example, and every other resource and argument, as they are."""
    everything = FILES / "resources" / "everything.tf"
    program = folder("resources", EXAMPLE, everything, TF_VAR_ecrmock=server.url)
    program("apply", "-auto-approve", timeout=SECONDS)
    return program


@pytest.fixture(scope="module")
def update(applied: Program) -> tuple[Program, str]:
    """The same after a change of everything that can change, and what Terraform said."""
    program = applied.with_environment(**{f"TF_VAR_{key}": CHANGED[key] for key in CHANGED})
    return program, program("apply", "-auto-approve", timeout=SECONDS)


@pytest.fixture(scope="module")
def app(update: tuple[Program, str], server: RunningServer) -> Repository:
    """The example's repository with two images."""
    repository = Repository("team/app", "", server.api())
    repository.put_image("0.9")
    server.api().put_image(
        repositoryName="team/app", imageManifest=repository.manifest("0.9"), imageTag="older"
    )
    repository.put_image("1.0")
    return repository


@pytest.fixture(scope="module")
def read(folder: Callable[..., Program], app: Repository, server: RunningServer) -> dict[str, Any]:
    """What data sources read; here the environment leads the provider to the server."""
    variables = {
        **server.variables,
        "AWS_ENDPOINT_URL_ECR": server.url,
        "AWS_ENDPOINT_URL_STS": server.url,
    }
    del variables["AWS_ENDPOINT_URL"]
    program = folder("reading", FILES / "reading" / "reading.tf", **variables)
    program("apply", "-auto-approve", timeout=SECONDS)
    outputs = json.loads(program("output", "-json"))
    return {name: output["value"] for name, output in outputs.items()}


def test_the_page_shows_the_example_as_it_is() -> None:
    blocks = re.findall(
        r"^```hcl\n(.*?)^```$", (ROOT / "docs/terraform.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert blocks == [EXAMPLE.read_text()]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "Error: Failed to query available provider packages\n\nCould not retrieve the list of\n"
            "versions: connection refused\n\nTo see which",
            "its provider cannot be had: Could not retrieve the list of versions: connection refused",
        ),
        ("Error: Invalid reference\n\nA reference must", ""),
    ],
)
def test_without_its_provider_terraform_is_absent_and_says_why(said: str, reason: str) -> None:
    assert why_no_provider(said) == reason


@terraform_needed
def test_the_configuration_is_in_terraforms_own_format(terraform: Program) -> None:
    terraform("fmt", "-check", "-diff", "-recursive", str(EXAMPLE.parent))
    terraform("fmt", "-check", "-diff", "-recursive", str(FILES))


@terraform_needed
def test_a_second_plan_finds_nothing_to_change(applied: Program) -> None:
    applied("plan", "-detailed-exitcode", timeout=SECONDS)


@terraform_needed
def test_outputs_read_as_they_do_on_aws(applied: Program) -> None:
    outputs = json.loads(applied("output", "-json"))
    assert outputs["repository_url"]["value"] == f"{HOST}/team/app"
    assert outputs["account"]["value"] == DEFAULT_ACCOUNT


@terraform_needed
def test_changes_are_made_in_place(update: tuple[Program, str]) -> None:
    """Except that of a lifecycle policy, which the provider deletes and puts anew."""
    assert "Resources: 1 added, 6 changed, 1 destroyed." in update[1]


@terraform_needed
def test_a_plan_after_changes_finds_nothing_to_change(update: tuple[Program, str]) -> None:
    update[0]("plan", "-detailed-exitcode", timeout=SECONDS)


@terraform_needed
def test_the_api_shows_what_was_changed(update: tuple[Program, str], server: RunningServer) -> None:
    api, names = server.api(), ["team/app", "team/kms"]
    app, kms = api.describe_repositories(repositoryNames=names)["repositories"]
    tags = api.list_tags_for_resource(resourceArn=app["repositoryArn"])["tags"]
    assert app["imageTagMutability"] == "MUTABLE"
    assert kms["imageScanningConfiguration"] == {"scanOnPush": True}
    assert {"Key": "stage", "Value": "production"} in tags
    assert "444455556666" in api.get_repository_policy(repositoryName="team/app")["policyText"]
    assert api.get_account_setting(name="REGISTRY_POLICY_SCOPE")["value"] == "V2"
    scanning = api.get_registry_scanning_configuration()["scanningConfiguration"]
    frequencies = {rule["scanFrequency"] for rule in scanning["rules"]}
    assert (scanning["scanType"], frequencies) == ("ENHANCED", {"SCAN_ON_PUSH", "CONTINUOUS_SCAN"})


@terraform_needed
def test_the_api_shows_the_lifecycle_policies(
    update: tuple[Program, str], server: RunningServer
) -> None:
    """The rules of one stand in no order in its configuration. Source: reference api.md §9.1."""

    def numbers(repository: str) -> list[tuple[int, int]]:
        answer = server.api().get_lifecycle_policy(repositoryName=repository)
        rules = json.loads(answer["lifecyclePolicyText"])["rules"]
        return [(rule["rulePriority"], rule["selection"]["countNumber"]) for rule in rules]

    assert numbers("team/kms") == [(1, 14), (2, 3)]
    assert numbers("plain") == [(5, 100), (10, 365)]


@terraform_needed
def test_data_sources_read_the_repositories(read: dict[str, Any], server: RunningServer) -> None:
    repositories = server.api().describe_repositories()["repositories"]
    assert set(read["repositories"]) == {found["repositoryName"] for found in repositories}
    assert read["repository"]["repository_url"] == f"{HOST}/team/app"
    assert read["repository"]["most_recent_image_tags"] == ["1.0"]
    assert read["repository"]["tags"] == {"team": "app", "stage": "production"}


@terraform_needed
@pytest.mark.parametrize("way", ["tag", "digest", "most_recent"])
def test_a_data_source_finds_an_image(way: str, read: dict[str, Any], app: Repository) -> None:
    image, expected = read["images"][way], app.image("1.0" if way == "most_recent" else "0.9")
    assert image["image_uri"] == f"{HOST}/team/app@{expected['imageDigest']}"
    assert image["image_tags"] == expected["imageTags"]
    assert image["image_size_in_bytes"] == expected["imageSizeInBytes"]
    assert image["image_pushed_at"] == int(expected["imagePushedAt"].timestamp())


@terraform_needed
def test_data_sources_read_who_asks_and_a_login(read: dict[str, Any]) -> None:
    assert read["identity"]["account_id"] == DEFAULT_ACCOUNT
    assert read["token"]["user_name"] == "AWS"
    assert read["token"]["proxy_endpoint"] == f"https://{HOST}"


@terraform_needed
def test_an_image_keeps_a_repository_without_force_delete(
    update: tuple[Program, str], server: RunningServer
) -> None:
    plain = Repository("plain", "", server.api())
    plain.put_image("1.0")
    command = ["destroy", "-auto-approve", "-target=aws_ecr_repository.plain"]
    said = update[0].fails(*command, timeout=SECONDS)
    assert "RepositoryNotEmptyException" in said
    server.api().batch_delete_image(repositoryName="plain", imageIds=[{"imageTag": "1.0"}])


@terraform_needed
def test_nothing_is_left_of_what_was_destroyed(
    update: tuple[Program, str], app: Repository, server: RunningServer
) -> None:
    update[0]("destroy", "-auto-approve", timeout=SECONDS)
    assert server.api().describe_repositories()["repositories"] == []
    with pytest.raises(ClientError, match="RegistryPolicyNotFoundException"):
        server.api().get_registry_policy()


@pytest.fixture(scope="module")
def rules(folder: Callable[..., Program], server: RunningServer) -> Program:
    """What makes repositories appear: cache rules of each kind of login, replication, a template."""
    source = FILES / "by_themselves" / "by_themselves.tf"
    program = folder("rules", source, TF_VAR_ecrmock=server.url)
    program("apply", "-auto-approve", timeout=SECONDS)
    return program


@terraform_needed
def test_rules_and_templates_are_stable_and_readable(rules: Program) -> None:
    rules("plan", "-detailed-exitcode", timeout=SECONDS)
    hub = json.loads(rules("output", "-json"))["hub"]["value"]
    assert hub["upstream_registry_url"] == "registry-1.docker.io"
    assert hub["credential_arn"].endswith("/hub-AbCdEf")


@terraform_needed
def test_rules_and_templates_change_in_place(rules: Program) -> None:
    changed = rules.with_environment(TF_VAR_secret="hub-GhIjKl", TF_VAR_mutability="MUTABLE")
    said = changed("apply", "-auto-approve", timeout=SECONDS)
    assert "Resources: 0 added, 2 changed, 0 destroyed." in said
    changed("plan", "-detailed-exitcode", timeout=SECONDS)


@terraform_needed
def test_rules_are_destroyed(rules: Program, server: RunningServer) -> None:
    rules("destroy", "-auto-approve", timeout=SECONDS)
    api = server.api()
    assert api.describe_pull_through_cache_rules()["pullThroughCacheRules"] == []
    assert api.describe_repository_creation_templates()["repositoryCreationTemplates"] == []
    assert api.describe_registry()["replicationConfiguration"]["rules"] == []
