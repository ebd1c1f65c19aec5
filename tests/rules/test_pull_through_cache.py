"""Which rule a name falls under, what a rule may say, and what is asked of an upstream."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecrmock.rules.pull_through_cache import (
    asks_public_registry,
    check_kind,
    check_login,
    check_secret,
    check_source,
    check_upstream,
    find_secret,
    host_of,
    image_fetch,
    matching_rule,
    must_be_fetched,
    public_alias,
    retry_after,
    secret_arn,
    source_of,
    unserved,
    upstream_at,
    upstream_name,
)
from ecrmock.values.errors import EcrError
from ecrmock.values.images import Image, ImageIdentifier, Tagging
from ecrmock.values.pull_through_cache import (
    ACCESS_DENIED,
    CREDENTIALS_REFUSED,
    NO_UPSTREAM,
    NOT_FOUND,
    NOT_PERMITTED,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    PullThroughCacheRule,
    UpstreamError,
    UpstreamSecret,
)
from ecrmock.values.repositories import IMMUTABLE, Repository

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ACCOUNT, OTHER, REGION = "123456789012", "111122223333", "us-east-1"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cache"
WEST = f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"
FOREIGN = f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com"
DIGEST = "sha256:" + "a" * 64


def rule(prefix: str = "hub", url: str = "quay.io", **members: Any) -> PullThroughCacheRule:
    return PullThroughCacheRule(
        ecr_repository_prefix=prefix,
        upstream_registry_url=url,
        upstream_registry=members.pop("upstream_registry", "quay"),
        created_at=NOW,
        updated_at=NOW,
        registry_id=ACCOUNT,
        **members,
    )


@pytest.mark.parametrize(
    ("ecr_prefix", "upstream_prefix", "name", "upstream"),
    [
        ("ecr-public", None, "ecr-public/my-app/image1", "my-app/image1"),
        ("ecr-public", "ROOT", "ecr-public/my-app/image1", "my-app/image1"),
        ("ecr-public/", "ROOT", "ecr-public/my-app/image1", "my-app/image1"),
        ("ROOT", None, "my-app/image1", "my-app/image1"),
        ("team-a", "team-a", "team-a/myapp/image1", "team-a/myapp/image1"),
        ("my-app", "upstream-app", "my-app/image1", "upstream-app/image1"),
        ("a/b", "c/d/", "a/b/image1", "c/d/image1"),
    ],
)
def test_a_name_is_mapped_as_the_user_guide_says(
    ecr_prefix: str, upstream_prefix: str | None, name: str, upstream: str
) -> None:
    """Source: reference features.md §4.3."""
    made = rule(ecr_prefix, upstream_repository_prefix=upstream_prefix)
    assert upstream_name(made, name) == upstream


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("team/app", "team"),
        ("team/prod/app", "team/prod"),
        ("team/product/app", "team"),
        ("teams/app", "ROOT"),
        ("team", "ROOT"),
    ],
)
def test_the_longest_prefix_wins_and_root_takes_the_rest(name: str, prefix: str) -> None:
    found = matching_rule((rule("ROOT"), rule("team"), rule("team/prod")), name)
    assert found is not None
    assert found.ecr_repository_prefix == prefix


def test_without_a_rule_for_it_a_name_falls_under_none() -> None:
    assert matching_rule((rule("team"),), "teams/app") is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("public.ecr.aws", "ecr-public"),
        ("registry.k8s.io", "k8s"),
        ("quay.io", "quay"),
        ("registry-1.docker.io", "docker-hub"),
        ("ghcr.io", "github-container-registry"),
        ("registry.gitlab.com", "gitlab-container-registry"),
        ("cgr.dev", "chainguard"),
        ("mine.azurecr.io", "azure-container-registry"),
        (WEST, "ecr"),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "ecr"),
    ],
)
def test_each_upstream_is_known_by_its_host(url: str, name: str) -> None:
    """Source: reference features.md §4.1."""
    found = upstream_at(url)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "url",
    [
        "docker.io",
        "https://quay.io",
        "quay.io/team",
        "localhost:5001",
        ".azurecr.io",
        "123456789012.dkr.ecr.us-west-2.example.com",
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com",
        "",
    ],
)
def test_no_rule_names_another_host(url: str) -> None:
    assert upstream_at(url) is None


@pytest.mark.parametrize("name", ["docker.io", "index.docker.io", "docker-hub"])
def test_docker_hub_goes_by_several_names(name: str) -> None:
    assert host_of(name) == "registry-1.docker.io"


@pytest.mark.parametrize(
    ("members", "given", "code"),
    [
        ({"url": "docker.io"}, None, "UnsupportedUpstreamRegistryException"),
        (
            {"url": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"},
            None,
            "ValidationException",
        ),
        ({"url": "ghcr.io"}, "docker-hub", "ValidationException"),
        ({"prefix": "ROOT", "upstream_repository_prefix": "team"}, None, "ValidationException"),
    ],
)
def test_an_upstream_is_refused(members: dict[str, Any], given: str | None, code: str) -> None:
    """Source: reference api.md §12.2."""
    with pytest.raises(EcrError) as refused:
        check_upstream(rule(**members), given, REGION)
    assert refused.value.code == code


def test_the_name_of_an_upstream_without_login_is_not_checked() -> None:
    """Source: reference api.md §12.2, the pair is only checked where there is authentication."""
    assert check_upstream(rule(url="quay.io"), "k8s", REGION).name == "quay"


@pytest.mark.parametrize(
    ("url", "members", "code"),
    [
        ("registry-1.docker.io", {}, "UnsupportedUpstreamRegistryException"),
        ("quay.io", {"credential_arn": SECRET}, "UnsupportedUpstreamRegistryException"),
        ("quay.io", {"custom_role_arn": ROLE}, "ValidationException"),
        ("ghcr.io", {"custom_role_arn": ROLE}, "ValidationException"),
        (WEST, {"credential_arn": SECRET}, "ValidationException"),
        (FOREIGN, {}, "UnsupportedUpstreamRegistryException"),
    ],
)
def test_a_login_is_refused(url: str, members: dict[str, Any], code: str) -> None:
    """Source: reference api.md §12.2."""
    upstream = upstream_at(url)
    assert upstream is not None
    with pytest.raises(EcrError) as refused:
        check_login(rule(url=url, **members), upstream)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("url", "members"),
    [
        ("registry-1.docker.io", {"credential_arn": SECRET}),
        ("quay.io", {}),
        (WEST, {}),
        (WEST, {"custom_role_arn": ROLE}),
        (FOREIGN, {"custom_role_arn": ROLE}),
    ],
)
def test_a_login_is_accepted(url: str, members: dict[str, Any]) -> None:
    upstream = upstream_at(url)
    assert upstream is not None
    check_login(rule(url=url, **members), upstream)
    check_kind(rule(url=url, **members), upstream)


def secret(secret_id: str) -> UpstreamSecret:
    return UpstreamSecret(secret_id=secret_id, username="user", access_token="token")


@pytest.mark.parametrize(
    "secret_id", [SECRET, "ecr-pullthroughcache/hub", "ecr-pullthroughcache/hub-AbCdEf"]
)
def test_a_secret_is_known_by_its_arn_or_its_name(secret_id: str) -> None:
    made = secret(secret_id)
    assert find_secret(SECRET, (secret("ecr-pullthroughcache/other"), made)) is made
    check_secret(SECRET, ACCOUNT, REGION, (made,))


@pytest.mark.parametrize(
    ("account", "region", "known"),
    [
        (OTHER, REGION, ()),
        (ACCOUNT, "eu-west-1", ()),
        (ACCOUNT, REGION, (secret("ecr-pullthroughcache/other"),)),
    ],
)
def test_a_secret_is_not_found(
    account: str, region: str, known: tuple[UpstreamSecret, ...]
) -> None:
    """Source: reference api.md §12.2: same account and region; unknown while others are known."""
    with pytest.raises(EcrError) as refused:
        check_secret(SECRET, account, region, known)
    assert refused.value.code == "SecretNotFoundException"


def test_without_any_secret_each_well_formed_arn_is_accepted() -> None:
    check_secret(SECRET, ACCOUNT, REGION, ())
    check_secret(None, OTHER, REGION, ())


def test_a_secret_gets_an_arn_with_a_suffix() -> None:
    assert secret_arn("ecr-pullthroughcache/hub", ACCOUNT, REGION, "AbCdEf") == SECRET
    assert secret_arn(SECRET, ACCOUNT, REGION, "other1") == SECRET
    with pytest.raises(ValueError, match="begins with"):
        secret_arn("hub", ACCOUNT, REGION, "AbCdEf")


@pytest.mark.parametrize(
    ("url", "addresses", "is_offline", "address"),
    [
        ("quay.io", (), True, None),
        ("quay.io", (), False, "https://quay.io"),
        ("quay.io", (("quay", "http://a"),), True, "http://a"),
        ("registry-1.docker.io", (("docker.io", "http://a"),), False, "http://a"),
        ("registry-1.docker.io", (("quay.io", "http://a"),), True, None),
        (WEST, (), True, ""),
        (WEST, ((WEST, "http://a"),), True, "http://a"),
    ],
)
def test_an_upstream_is_asked_where_settings_say(
    url: str, addresses: tuple[tuple[str, str], ...], is_offline: bool, address: str | None
) -> None:
    kind = "ecr" if url == WEST else "other"
    made = source_of(
        rule(url=url, upstream_registry=kind),
        "hub/app",
        REGION,
        addresses=addresses,
        secrets=(),
        is_offline=is_offline,
    )
    assert (made.address, made.upstream_name, made.credentials) == (address, "app", None)


HUB = "registry-1.docker.io"


@pytest.mark.parametrize(
    ("url", "name", "is_offline", "code"),
    [
        (HUB, "hub/app", False, ACCESS_DENIED),
        (HUB, "hub/library/app", False, None),
        (HUB, "", False, None),  # a login
        ("quay.io", "hub/app", False, None),
        ("quay.io", "hub/app", True, NO_UPSTREAM),
    ],
)
def test_what_docker_hub_cannot_have_and_offline_nothing_is_asked_for(
    url: str, name: str, is_offline: bool, code: str | None
) -> None:
    """Source: reference features.md §4.3: official images are below ``library/``."""
    more = {"addresses": (), "secrets": (), "is_offline": is_offline}
    made = source_of(rule(url=url, upstream_registry="other"), name, REGION, **more)
    if code is None:
        check_source(made)
        return
    with pytest.raises(UpstreamError) as failed:
        check_source(made)
    assert failed.value.code == code


@pytest.mark.parametrize(
    ("addresses", "is_own", "address"),
    [((), True, ""), ((), False, None), ((("ecr-public", "http://a"),), True, "http://a")],
)
def test_a_public_registry_of_the_emulator_itself_is_asked_unless_settings_say_where(
    addresses: tuple[tuple[str, str], ...], is_own: bool, address: str | None
) -> None:
    made = source_of(
        rule(url="public.ecr.aws", upstream_registry="ecr-public"),
        "hub/acme/app",
        REGION,
        addresses=addresses,
        secrets=(),
        is_offline=True,
        is_own=is_own,
    )
    assert (made.address, public_alias(made.upstream_name)) == (address, ("acme", "app"))


def test_one_upstream_is_ecr_public() -> None:
    assert asks_public_registry(rule(url="public.ecr.aws"))
    assert not asks_public_registry(rule(url="quay.io"))


def test_a_source_has_the_credentials_of_the_secret() -> None:
    made = source_of(
        rule(credential_arn=SECRET),
        "hub/app",
        REGION,
        addresses=(),
        secrets=(secret(SECRET),),
        is_offline=True,
    )
    assert made.credentials is not None
    assert (made.credentials.username, made.credentials.access_token) == ("user", "token")
    assert "token" not in str(made.credentials).partition("access")[2]


SOURCE = source_of(rule(), "hub/app", REGION, addresses=(), secrets=(), is_offline=True)
REPOSITORY = Repository(
    repository_arn="arn", registry_id=ACCOUNT, repository_name="hub/app", created_at=NOW
)
IMAGE = Image(
    image_digest=DIGEST,
    image_manifest="{}",
    image_manifest_media_type="",
    artifact_media_type=None,
    image_size_in_bytes=0,
    image_pushed_at=NOW,
)
TAGGING = Tagging(image_tag="1", image_digest=DIGEST, sequence=1, upstream_checked_at=NOW)
BY_TAG, BY_DIGEST = ImageIdentifier(image_tag="1"), ImageIdentifier(image_digest=DIGEST)


def fetched(
    image_id: ImageIdentifier, hours: float = 0, **known: Any
) -> tuple[str, str | None] | None:
    """Return what is asked of the upstream some hours after it last was, and what is known of it."""
    there = {"tagging": None, "image": None, "repository": None, **known}
    day_ago = NOW + timedelta(hours=hours - 24)
    if not must_be_fetched(image_id, fresh_since=day_ago, **there):
        return None
    found = image_fetch(SOURCE, image_id, there["tagging"])
    return found.reference, found.known


CACHED = {"tagging": TAGGING, "image": IMAGE, "repository": REPOSITORY}


@pytest.mark.parametrize(
    ("image_id", "hours", "known", "expected"),
    [
        (BY_TAG, 0, {}, ("1", None)),
        (BY_TAG, 0, {"repository": REPOSITORY}, ("1", None)),
        (BY_DIGEST, 0, {}, (DIGEST, None)),
        (ImageIdentifier(image_digest="md5:abc"), 0, {}, None),
        (ImageIdentifier(image_digest="sha512:" + "a" * 128), 0, {}, None),
        (ImageIdentifier(), 0, {}, None),
        (BY_DIGEST, 1000, CACHED, None),
        (BY_TAG, 23.9, CACHED, None),
        (BY_TAG, 24, CACHED, ("1", DIGEST)),
        (BY_TAG, 24, {**CACHED, "tagging": replace(TAGGING, upstream_checked_at=None)}, None),
        (BY_TAG, 24, {**CACHED, "image": replace(IMAGE, image_status="ARCHIVED")}, None),
        (
            BY_TAG,
            24,
            {**CACHED, "repository": replace(REPOSITORY, image_tag_mutability=IMMUTABLE)},
            None,
        ),
        (replace(BY_DIGEST, image_tag="1"), 24, CACHED, ("1", DIGEST)),
    ],
)
def test_what_is_missing_or_a_day_old_is_fetched(
    image_id: ImageIdentifier,
    hours: float,
    known: dict[str, Any],
    expected: tuple[str, str | None] | None,
) -> None:
    """Source: reference features.md §4.4."""
    assert fetched(image_id, hours, **known) == expected


@pytest.mark.parametrize("code", [NOT_FOUND, NOT_PERMITTED])
def test_what_is_not_there_or_may_not_be_imported_is_not_found(code: str) -> None:
    """Source: reference registry.md §14.1."""
    assert unserved(UpstreamError(code, "why")) == ("ImageNotFound", "Requested image not found")


def test_another_failure_is_told_with_its_reason() -> None:
    assert unserved(UpstreamError(UNAVAILABLE, "it is down")) == (UNAVAILABLE, "it is down")


@pytest.mark.parametrize(
    ("code", "oci"), [(CREDENTIALS_REFUSED, "DENIED"), (NO_UPSTREAM, "MANIFEST_UNKNOWN")]
)
def test_credentials_that_do_not_work_fail_the_whole_call(code: str, oci: str) -> None:
    """Inferred: reference api.md §12.3, §12.4."""
    with pytest.raises(EcrError) as failed:
        unserved(UpstreamError(code, "why"))
    assert failed.value.code == "UnableToGetUpstreamImageException"
    assert failed.value.oci_code == oci


@pytest.mark.parametrize(
    ("code", "attempt", "minutes"),
    [
        (UNAVAILABLE, 1, 1),
        (TOO_MANY_REQUESTS, 2, 2),
        (UNAVAILABLE, 7, 64),
        (UNAVAILABLE, 8, None),
        (NOT_FOUND, 1, None),
        (CREDENTIALS_REFUSED, 1, None),
        (NO_UPSTREAM, 1, None),
    ],
)
def test_what_may_pass_is_tried_again_for_two_hours(
    code: str, attempt: int, minutes: int | None
) -> None:
    """Inferred: reference features.md §4.6."""
    pause = retry_after(UpstreamError(code, "why"), attempt)
    assert pause == (None if minutes is None else timedelta(minutes=minutes))
