"""Seeds as they are played: what is there then, and what is said when something was refused."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ecrmock.rules.image_building import build_image
from ecrmock.seeding.layer_files import read_layer
from ecrmock.seeding.mistakes import RefusedSeedError, SeedError
from ecrmock.values.errors import EcrError
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.repositories import ResourceTag
from tests.documents import identity_policy, trust_policy
from tests.seeding.conftest import START, Played, Write, with_images
from tests.seeding.test_image_files import as_archive, as_folder, descriptor, layout, saved

PULL = json.loads(identity_policy())
KEY = {"id": "AKIAIOSFODNN7EXAMPLE", "secret": "secret"}
READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"


def seed(**members: Any) -> dict[str, Any]:
    return {"version": 1, **members}


# Where it goes


def names(played: Played, account: str, region: str) -> list[str]:
    answer = played.ask("DescribeRepositories", account=account, region=region)
    return [each.repository_name for each in answer.repositories]


def test_what_stands_outside_is_of_the_default_account_and_region() -> None:
    played = Played(account="111122223333", region="eu-west-1")
    played(seed(repositories={"app": {}}))
    assert names(played, "111122223333", "eu-west-1") == ["app"]


def test_other_accounts_and_regions_have_the_same_members(played: Played) -> None:
    there = {"repositories": {"near": {}}, "regions": {"eu-west-1": {"repositories": {"far": {}}}}}
    played(seed(accounts={"111122223333": there}))
    assert names(played, "111122223333", "us-east-1") == ["near"]
    assert names(played, "111122223333", "eu-west-1") == ["far"]


# Principals


def test_a_user_gets_all_that_it_has(played: Played) -> None:
    user = {
        "path": "/ci/",
        "groups": ["devs"],
        "policies": [READ_ONLY, PULL, {"name": "own", "document": identity_policy()}],
        "permissions_boundary": "arn:aws:iam::123456789012:policy/limit",
        "access_key": KEY,
        "resource_tags": {"team": "a"},
    }
    policies = {"limit": {"document": PULL}}
    played(seed(users={"ci": user}, groups={"devs": {}}, policies=policies))
    found = played.backend.state()["123456789012"]["iam"]["users"][0]
    assert found["arn"] == "arn:aws:iam::123456789012:user/ci/ci"
    assert found["group_keys"] == ["devs"]
    assert found["attached_policy_arns"] == [READ_ONLY]
    assert [each["policy_name"] for each in found["inline_policies"]] == ["inline-policy-2", "own"]
    assert found["permissions_boundary"]["permissions_boundary_arn"].endswith("policy/limit")
    assert found["resource_tags"] == [{"key": "team", "value": "a"}]


def test_a_known_key_acts_for_its_user() -> None:
    played = Played(enforce_iam=True)(seed(users={"ci": {"access_keys": [KEY]}}))
    key = played.backend.state()["123456789012"]["iam"]["keys"][0]
    assert (key["access_key_id"], key["secret_access_key"]) == (KEY["id"], "secret")


def test_a_key_without_id_is_drawn(played: Played) -> None:
    played(seed(users={"ci": {"access_key": {"status": "Inactive"}}}))
    key = played.backend.state()["123456789012"]["iam"]["keys"][0]
    assert (key["access_key_id"][:4], key["status"]) == ("AKIA", "Inactive")


def test_roles_may_trust_each_other_and_users_elsewhere(played: Played) -> None:
    """AWS refuses a trust policy whose principals are not there; the order does not matter here."""
    ours = {"trust": trust_policy("arn:aws:iam::111122223333:role/theirs")}
    theirs = {"trust": trust_policy("arn:aws:iam::123456789012:role/ours")}
    played(seed(roles={"ours": ours}, accounts={"111122223333": {"roles": {"theirs": theirs}}}))
    role = played.ask("GetRole", service="iam", role_name="ours").role
    assert role.assume_role_policy_document == ours["trust"]


def test_a_service_linked_role_is_made_by_its_service(played: Played) -> None:
    name = "AWSServiceRoleForECRReplication"
    document = seed(roles={name: {"service": "replication.ecr.amazonaws.com"}})
    played(document)(document)
    role = played.ask("GetRole", service="iam", role_name=name).role
    assert role.path == "/aws-service-role/replication.ecr.amazonaws.com/"


# Registries and repositories


def test_a_registry_gets_its_settings(played: Played) -> None:
    statement = {
        "Sid": "a",
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "ecr:ReplicateImage",
        "Resource": "*",
    }
    registry = {
        "account_settings": {"BLOB_MOUNTING": "ENABLED"},
        "pull_time_exclusions": ["arn:aws:iam::123456789012:role/scanner"],
        "scanning": {"rules": [{"frequency": "SCAN_ON_PUSH", "repositories": ["prod*"]}]},
        "registry_policy": {"Version": "2012-10-17", "Statement": [statement]},
    }
    played(seed(registry=registry))
    settings = played.backend.state()["123456789012"]["us-east-1"]["settings"]
    assert settings["account_settings"] == [{"name": "BLOB_MOUNTING", "value": "ENABLED"}]
    assert settings["pull_time_exclusions"][0]["principal_arn"].endswith("role/scanner")
    assert settings["scanning_configuration"]["rules"][0]["scan_frequency"] == "SCAN_ON_PUSH"
    assert "ecr:ReplicateImage" in settings["registry_policy_text"]


def test_a_repository_gets_its_settings(played: Played) -> None:
    app = {
        "created_at": "10d ago",
        "tag_mutability": "IMMUTABLE_WITH_EXCLUSION",
        "tag_mutability_exclusions": ["dev-*"],
        "scan_on_push": True,
        "encryption": {"type": "KMS"},
        "resource_tags": {"b": "2", "a": "1"},
    }
    played(seed(repositories={"app": app}))
    found = played.ask("DescribeRepositories").repositories[0]
    assert found.created_at == START - timedelta(days=10)
    assert found.image_tag_mutability == "IMMUTABLE_WITH_EXCLUSION"
    assert found.image_tag_mutability_exclusion_filters[0].filter == "dev-*"
    assert found.image_scanning_configuration.scan_on_push
    assert found.encryption_configuration.encryption_type == "KMS"
    assert found.resource_tags == (
        ResourceTag(key="b", value="2"),
        ResourceTag(key="a", value="1"),
    )


def test_a_policy_that_locks_its_author_out_is_put(played: Played) -> None:
    """The seed is no caller that would be locked out of anything."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "ecr:*"}
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    played(with_images({"tag": "1"}, repository_policy=policy))
    assert "Deny" in played.ask("GetRepositoryPolicy", repository_name="app").policy_text


# Images


def test_an_image_of_layers_is_the_one_that_the_handle_would_push(
    played: Played, write: Write
) -> None:
    write(b"bytes of a tar", "layer.tar")
    write("hello", "folder/etc/motd")
    path = write(
        json.dumps(with_images({"tag": "1", "layers": [{"a": "b"}, "layer.tar", "folder"]}))
    )
    played(path)
    layers = [{"a": b"b"}, b"bytes of a tar", read_layer(path.parent / "folder")]
    assert played.image("1").image_digest == build_image(layers).digest


def test_an_image_of_nothing_is_the_smallest(played: Played) -> None:
    played(with_images({"tag": "1"}))
    assert played.image("1").image_digest == build_image([]).digest


def test_images_come_from_layouts_and_archives(played: Played, tmp_path: Path) -> None:
    image = build_image([{"a": b"b"}])
    as_folder(tmp_path / "layout", layout([descriptor(image, "one")], image))
    as_archive(tmp_path, saved(a=["app:1"], b=["app:2"]))
    document = with_images(
        {"tag": "layout", "oci_layout": str(tmp_path / "layout")},
        {"tag": "digest", "oci_layout": str(tmp_path / "layout"), "digest": image.digest},
        {"tag": "archive", "docker_archive": str(tmp_path / "image.tar"), "name": "app:2"},
    )
    played(document)
    assert (
        played.image("layout").image_digest == played.image("digest").image_digest == image.digest
    )
    assert played.image("archive")


def test_an_index_lists_images_by_name_and_of_its_own(played: Played) -> None:
    index = {"linux/amd64": "amd", "linux/arm64": {"layers": [{"a": "b"}]}}
    played(with_images({"tag": "amd"}, {"tag": "multi", "index": index}))
    own = build_image([{"a": b"b"}], platform="linux/arm64")
    digests = [each.image_digest for each in played.images()]
    assert digests[1] == own.digest
    assert played.image("multi").image_manifest_media_type.endswith("index.v1+json")


def test_an_artifact_is_about_an_image(played: Played) -> None:
    artifact = {"type": "application/spdx+json", "subject": "1", "contents": ["{}"]}
    played(with_images({"tag": "1"}, {"artifact": artifact}))
    assert played.images()[1].subject_manifest_digest == played.image("1").image_digest


def test_an_image_gets_more_tags_later(played: Played) -> None:
    played(
        with_images(
            {"tags": ["1", "2"]},
            {"tag": "other", "layers": [{"a": "b"}]},
            {"image": "1", "tag": "3"},
        )
    )
    assert played.image("1").image_tags == ("1", "2", "3")


def test_a_manifest_alone_does_where_layers_are_not_asked_for() -> None:
    played = Played(require_layers=False)
    manifest = build_image([{"a": b"b"}]).manifest
    played(with_images({"tag": "1", "manifest": manifest}))
    assert played.image("1").image_digest == build_image([{"a": b"b"}]).digest


# Times


def test_an_image_was_pushed_and_pulled_when_the_seed_says(played: Played) -> None:
    played(with_images({"tag": "1", "pushed_at": "90d ago", "pulled_at": "2026-05-01"}))
    image = played.image("1")
    assert image.image_pushed_at == START - timedelta(days=90)
    assert image.last_recorded_pull_time.isoformat() == "2026-05-01T00:00:00+00:00"
    assert played.backend.world.clock.now() == START


def test_an_image_was_archived_and_restored(played: Played) -> None:
    old = {"tag": "old", "archived_at": "20d ago"}
    back = {
        "tag": "back",
        "layers": [{"a": "b"}],
        "archived_at": "20d ago",
        "restored_at": "10d ago",
    }
    played(with_images(old, back))
    assert played.image("old").image_status == "ARCHIVED"
    assert played.image("back").image_status == "ACTIVE"
    restored = START - timedelta(days=10) + timedelta(minutes=20)
    assert played.image("back").last_activated_at == restored


def test_an_index_is_archived_before_what_it_lists(played: Played) -> None:
    """An image of an index that is in use cannot be archived."""
    past = {"archived_at": "1d ago"}
    played(with_images({"tag": "1", **past}, {"tag": "2", "index": {"linux/amd64": "1"}, **past}))
    assert {each.image_status for each in played.images()} == {"ARCHIVED"}


def test_the_clock_goes_where_the_seed_says(played: Played) -> None:
    played(
        with_images(
            {"tag": "1", "pushed_at": "2030-01-01"},
        )
        | {"clock": "2030-02-01"}
    )
    assert played.backend.world.clock.now().year == 2030
    assert played.image("1").image_pushed_at.year == 2030


def test_with_a_worker_the_past_stays_past(played: Played) -> None:
    """An upload as of a year ago would have expired before it is complete."""
    played.backend.start_worker()
    try:
        played(with_images({"tag": "1", "pushed_at": "300d ago"}))
        assert played.image("1").image_pushed_at == START - timedelta(days=300)
    finally:
        played.backend.stop_worker()


# Again


def test_a_seed_may_be_played_again(played: Played) -> None:
    user = {"policies": [PULL], "access_key": KEY, "resource_tags": {"a": "1"}}
    images = ({"tag": "1"}, {"tag": "2", "index": {"linux/amd64": "1"}})
    document = with_images(*images, tag_mutability="IMMUTABLE", scan_on_push=True) | seed(
        users={"ci": user},
        roles={"r": {"description": "x"}},
        policies={"p": {"document": PULL}},
        registry={"pull_time_exclusions": ["arn:aws:iam::123456789012:role/r"]},
    )
    before = played(document).backend.state()
    assert played(document).backend.state() == before


def test_what_is_there_gets_what_the_seed_says(played: Played) -> None:
    played(
        seed(
            repositories={"app": {"resource_tags": {"a": "1"}}}, policies={"p": {"document": PULL}}
        )
    )
    other = json.loads(identity_policy("ecr:PutImage"))
    change = {"scan_on_push": True, "resource_tags": {"a": "2"}, "tag_mutability": "IMMUTABLE"}
    played(seed(repositories={"app": change}, policies={"p": {"document": other}}))
    app = played.ask("DescribeRepositories").repositories[0]
    assert (app.image_tag_mutability, app.resource_tags[0].value) == ("IMMUTABLE", "2")
    arn = "arn:aws:iam::123456789012:policy/p"
    assert played.ask("GetPolicy", service="iam", policy_arn=arn).policy.default_version_id == "v2"


# What is wrong


def test_nothing_is_played_of_a_seed_with_a_mistake(played: Played) -> None:
    with pytest.raises(SeedError):
        played(seed(repositories={"app": {}, "b": {}}))
    assert played.backend.state() == {}


def test_files_that_are_missing_are_all_said(played: Played, write: Write) -> None:
    path = write(json.dumps(with_images({"layers": ["no.tar"]}, {"oci_layout": "none"})))
    with pytest.raises(SeedError) as caught:
        played(path)
    assert [each.path[-1] for each in caught.value.mistakes] == [0, "oci_layout"]
    assert "there is no file or folder" in str(caught.value)


def test_a_time_to_come_is_a_mistake(played: Played) -> None:
    with pytest.raises(
        SeedError, match=r"images\[0\].pushed_at: '2027-01-01' is after the present"
    ):
        played(with_images({"pushed_at": "2027-01-01"}))
    assert played.backend.state() == {}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            with_images({"tag": "1", "index": {"linux/amd64": "none"}}),
            r"images\[0\]: the image was refused: ImageNotFound",
        ),
        (
            with_images(repository_policy={"Statement": []}),
            "repository_policy: SetRepositoryPolicy was ref",
        ),
        (
            seed(users={"ci": {"groups": ["none"]}}),
            r"users.ci.groups\[0\]: AddUserToGroup was refused: NoSuch",
        ),
        (
            seed(users={"ci": {"policies": ["arn:aws:iam::aws:policy/None"]}}),
            r"users.ci.policies\[0\]: AttachUserPolicy",
        ),
        (
            seed(registry={"account_settings": {"NO": "x"}}),
            "registry.account_settings.NO: PutAccountSetting was ref",
        ),
    ],
)
def test_what_is_refused_is_said_with_its_place(played: Played, document: Any, said: str) -> None:
    with pytest.raises(RefusedSeedError, match=said):
        played(document)


def test_what_is_refused_has_line_and_column(played: Played, write: Write) -> None:
    path = write("version: 1\nusers:\n  ci:\n    groups:\n      - none\n")
    with pytest.raises(RefusedSeedError, match=r"seed.yaml:5:9: users.ci.groups\[0\]: "):
        played(path)


def test_an_image_file_that_is_none_is_said(played: Played, write: Write) -> None:
    write("text", "image.tar")
    path = write(json.dumps(with_images({"docker_archive": "image.tar"})))
    with pytest.raises(RefusedSeedError, match="is neither an OCI layout folder nor a tar"):
        played(path)


def test_a_refusal_is_a_call_like_others(played: Played) -> None:
    with pytest.raises(RefusedSeedError):
        played(seed(users={"ci": {"groups": ["none"]}}))
    assert played.backend.calls()[-1].error == "NoSuchEntity"
    with pytest.raises(EcrError):
        played.ask("GetGroup", service="iam", group_name="none")


# Scans


def test_an_image_is_scanned_as_of_a_time_and_shows_the_seeds_findings(played: Played) -> None:
    finding = {"name": "CVE-2026-1", "severity": "HIGH"}
    registry = {"findings": [{"repository": "app", "findings": [finding]}]}
    played({**with_images({"tag": "1", "scanned_at": "3d ago"}), "registry": registry})
    image = {"repository_name": "app", "image_id": ImageIdentifier(image_tag="1")}
    shown = played.ask("DescribeImageScanFindings", **image)
    assert shown.image_scan_findings.finding_severity_counts == {"HIGH": 1}
    assert played.ask("StartImageScan", **image)


def test_what_its_push_has_scanned_is_scanned(played: Played) -> None:
    played(with_images({"tag": "1", "scanned_at": "1h ago"}, scan_on_push=True))
    image = {"repository_name": "app", "image_id": ImageIdentifier(image_tag="1")}
    assert played.ask("DescribeImageScanFindings", **image)


@pytest.mark.parametrize("finding", [{"name": "CVE-2026-1"}, {"severity": "WORST", "name": "a"}])
def test_a_finding_that_makes_no_sense_is_refused_with_its_place(
    played: Played, finding: dict[str, str]
) -> None:
    registry = {"findings": [{"findings": [finding]}]}
    with pytest.raises(RefusedSeedError, match=r"registry\.findings\[0\]: .*severity"):
        played({"version": 1, "registry": registry})
