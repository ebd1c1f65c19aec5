import hashlib
import re
from collections.abc import Callable

import botocore.session
import pytest
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.values.names import (
    EMPTY_BLOB,
    EMPTY_BLOBS,
    PUBLIC,
    address_prefix,
    digest_like,
    endpoint_region,
    is_account_id,
    is_digest,
    is_digest_by,
    is_public_repository_name,
    is_repository_name,
    is_tag,
    parse_address_prefix,
    parse_registry_host,
    parse_repository_arn,
    partition_of,
    public_registry_arn,
    registry_host,
    repository_arn,
    service_of,
    sha256_of,
)

ACCOUNT = "123456789012"
HEX = "0123456789abcdef" * 4
MODELS = {
    name: botocore.session.Session().get_service_model(name) for name in ("ecr", "ecr-public")
}
PARTITIONS = Loader().load_data("partitions")["partitions"]
REGIONS = [
    (region, partition["id"], partition["outputs"]["dnsSuffix"])
    for partition in PARTITIONS
    for region in partition["regions"]
    if not region.endswith("-global")  # no place, but a name for services without one
]

runs = st.text("abcxyz0123456789", min_size=1, max_size=4)
separators = st.sampled_from([".", "_", "__", "-", "--", "---"])
components = st.builds(
    lambda first, rest: first + "".join(separator + run for separator, run in rest),
    runs,
    st.lists(st.tuples(separators, runs), max_size=4),
)
repository_names = (
    st.lists(components, min_size=1, max_size=4)
    .map("/".join)
    .filter(lambda name: 2 <= len(name) <= 256)
)


@pytest.mark.parametrize(("region", "name", "suffix"), REGIONS)
def test_each_region_belongs_to_the_partition_that_botocore_knows_it_in(
    region: str, name: str, suffix: str
) -> None:
    """Source: reference api.md §20, suffixes from botocore's partition data."""
    assert partition_of(region) == (name, suffix)


def test_an_unknown_region_is_taken_for_one_of_the_first_partition() -> None:
    assert partition_of("xx-nowhere-9") == ("aws", "amazonaws.com")


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("us-east-1", "arn:aws:ecr:us-east-1:123456789012:repository/team/app"),
        ("cn-north-1", "arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/app"),
        ("us-gov-west-1", "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/team/app"),
    ],
)
def test_the_arn_of_a_repository_carries_the_partition_of_its_region(region: str, arn: str) -> None:
    """Source: reference api.md §20."""
    assert repository_arn(ACCOUNT, region, "team/app") == arn


@pytest.mark.parametrize(("region", "name", "suffix"), REGIONS)
def test_the_arn_of_a_repository_is_read_back(region: str, name: str, suffix: str) -> None:
    arn = repository_arn(ACCOUNT, region, "team/app")
    assert parse_repository_arn(arn) == (ACCOUNT, region, "team/app")


def test_the_arn_of_a_public_repository_has_no_region() -> None:
    """Source: reference public.md §1."""
    arn = repository_arn(ACCOUNT, PUBLIC, "team/app")
    assert arn == f"arn:aws:ecr-public::{ACCOUNT}:repository/team/app"
    assert parse_repository_arn(arn) == (ACCOUNT, PUBLIC, "team/app")


def test_the_arn_of_a_public_registry_has_none_either() -> None:
    """Source: reference public.md §1."""
    assert public_registry_arn(ACCOUNT) == f"arn:aws:ecr-public::{ACCOUNT}:registry/{ACCOUNT}"


@pytest.mark.parametrize(("region", "service"), [(PUBLIC, "ecr-public"), ("eu-west-1", "ecr")])
def test_a_registry_is_of_a_service(region: str, service: str) -> None:
    assert service_of(region) == service


@pytest.mark.parametrize(
    ("region", "endpoint"), [(PUBLIC, "us-east-1"), ("eu-west-1", "eu-west-1")]
)
def test_the_api_of_public_registries_is_in_one_region(region: str, endpoint: str) -> None:
    """Source: reference public.md §1.1."""
    assert endpoint_region(region) == endpoint


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "team/app",
        "arn:aws:ecr:us-east-1:123456789012:repository",
        "arn:aws:ecr:us-east-1:123456789012:repository/",
        "arn:aws:ecr:us-east-1:123456789012:repository/A",
        "arn:aws:ecr:us-east-1:123456789012:repository/team/app\n",
        "arn:aws:ecr:us-east-1:123456789012:registry/app",
        "arn:aws:ecr:us-east-1:12345:repository/app",
        "arn:aws:ecr::123456789012:repository/app",
        "arn:aws:ecr-public:us-east-1:123456789012:repository/app",
        "arn:aws:ecr:public:123456789012:repository/app",
        "arn:aws:s3:us-east-1:123456789012:repository/app",
        "arn:aws-cn:ecr:us-east-1:123456789012:repository/app",
        "ARN:aws:ecr:us-east-1:123456789012:repository/app",
    ],
)
def test_everything_else_is_no_arn_of_a_repository(arn: str) -> None:
    """Source: reference api.md §7, §20."""
    assert parse_repository_arn(arn) is None


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "123456789012.dkr.ecr.us-east-1.amazonaws.com"),
        ("cn-north-1", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_the_host_of_a_registry_has_the_suffix_of_its_partition(region: str, host: str) -> None:
    """Source: reference api.md §20."""
    assert registry_host(ACCOUNT, region) == host


@pytest.mark.parametrize(
    "host",
    [
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com",
        "123456789012.dkr-ecr.eu-west-1.on.aws",
    ],
)
def test_standard_fips_and_dual_stack_hosts_name_the_same_registry(host: str) -> None:
    """Source: reference api.md §20."""
    assert parse_registry_host(host) == (ACCOUNT, "eu-west-1")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost:5327",
        "api.ecr.us-east-1.amazonaws.com",
        "12345678901.dkr.ecr.us-east-1.amazonaws.com",
        "123456789012.dkr.ecr.us-east-1",
        "x123456789012.dkr.ecr.us-east-1.amazonaws.com",
    ],
)
def test_another_host_names_no_registry(host: str) -> None:
    assert parse_registry_host(host) is None


@pytest.mark.parametrize("region", [region for region, _, _ in REGIONS])
def test_the_host_of_every_registry_is_read_back(region: str) -> None:
    assert parse_registry_host(registry_host(ACCOUNT, region)) == (ACCOUNT, region)


@pytest.mark.parametrize("region", [region for region, _, _ in REGIONS])
def test_the_address_prefix_of_every_registry_is_read_back(region: str) -> None:
    assert parse_address_prefix(address_prefix(ACCOUNT, region)) == (ACCOUNT, region)


@pytest.mark.parametrize(
    "segment",
    [
        "",
        "app",
        ACCOUNT,
        "123456789012.",
        "123456789012.app",
        "12345678901.us-east-1",
        "1234567890123.us-east-1",
        "123456789012.us-east-1\n",
        "123456789012.us-east-1.app",
        "123456789012-us-east-1",
        "\uff11" * 12 + ".us-east-1",
    ],
)
def test_another_segment_is_no_address_prefix(segment: str) -> None:
    assert parse_address_prefix(segment) is None


@given(st.text() | st.from_regex(r"[0-9]{11,13}\.[a-z0-9-]*", fullmatch=True))
def test_what_is_read_as_an_address_prefix_is_written_the_same(segment: str) -> None:
    found = parse_address_prefix(segment)
    assert found is None or address_prefix(*found) == segment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123456789012", True),
        ("000000000000", True),
        ("", False),
        ("12345678901", False),
        ("1234567890123", False),
        ("12345678901a", False),
        ("123456789012\n", False),
        ("\uff11" * 12, False),
    ],
)
def test_an_account_id_is_twelve_ascii_digits(text: str, expected: bool) -> None:
    """Source: reference api.md §3.4."""
    assert is_account_id(text) is expected


@pytest.mark.parametrize(
    "name", ["a__b", "a--b", "a---b", "team/app", "a/b__c", "0a", "a.b", "a_b", "aa", "a" * 256]
)
def test_a_name_of_the_grammar_may_name_a_repository(name: str) -> None:
    """A leading digit is fine, whatever the user guide says. Source: reference api.md §3.3."""
    assert is_repository_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "a___b",
        "a_-b",
        "a..b",
        "_a",
        "a_",
        "AA",
        "a//b",
        "/a",
        "a/",
        "a",
        "",
        "a-",
        "-a",
        "a.",
        ".a",
        "a.-b",
        "a b",
        "ab\n",
        "ä-b",
        "a:b",
        "a@b",
        "a" * 257,
    ],
)
def test_a_name_outside_the_grammar_may_not(name: str) -> None:
    """Source: reference api.md §3.3."""
    assert not is_repository_name(name)


@given(repository_names)
def test_every_name_built_by_the_grammar_may_name_a_repository(name: str) -> None:
    assert is_repository_name(name)


@given(repository_names, st.sampled_from("AZ ~:@+*\n\0äß"), st.data())
def test_one_foreign_character_anywhere_spoils_a_name(
    name: str, foreign: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(name)))
    assert not is_repository_name(name[:place] + foreign + name[place:])


@given(repository_names, st.sampled_from([".", "_", "-", "/"]))
def test_a_separator_at_either_end_spoils_a_name(name: str, separator: str) -> None:
    assert not (is_repository_name(separator + name) or is_repository_name(name + separator))


@given(components, st.sampled_from(["..", "___", "._", "_-", "-.", "//", "./", "/-"]), components)
def test_separators_that_do_not_go_together_spoil_a_name(
    left: str, separator: str, right: str
) -> None:
    assert not is_repository_name(left + separator + right)


@pytest.mark.parametrize(
    ("service", "may_name"),
    [("ecr", is_repository_name), ("ecr-public", is_public_repository_name)],
)
@given(st.text("ab0._-/A", max_size=12))
def test_names_are_judged_as_the_service_model_does(
    service: str, may_name: Callable[[str], bool], text: str
) -> None:
    shape = MODELS[service].shape_for("RepositoryName").metadata
    matches = re.fullmatch(shape["pattern"], text) is not None
    assert may_name(text) == (matches and shape["min"] <= len(text) <= shape["max"])


@pytest.mark.parametrize("tag", ["latest", "1.0", "v1_2-3", ".hidden", "-x", "A", "t" * 300])
def test_a_tag_has_up_to_300_letters_digits_and_dots_dashes_underscores(tag: str) -> None:
    """The API takes more than the 128 characters of the registry protocol. Source: api.md §3.5."""
    assert is_tag(tag)


@pytest.mark.parametrize("tag", ["", "a b", "a:b", "a/b", "a+b", "é", "latest\n", "t" * 301])
def test_another_text_is_no_tag(tag: str) -> None:
    """Source: reference api.md §3.5."""
    assert not is_tag(tag)


@pytest.mark.parametrize(
    "digest", [f"sha256:{HEX}", "sha512:AB", "sha256:abc", "multihash+base58.x_y-z:0F"]
)
def test_a_digest_may_be_of_any_algorithm_and_length(digest: str) -> None:
    """The service checks no more than this. Source: reference api.md §3.5."""
    assert is_digest(digest)


@pytest.mark.parametrize(
    "digest", ["", "sha256", "sha256:", ":abc", "sha256:xyz", "sha256:ab\n", "sha/256:ab", "a:b:c"]
)
def test_another_text_is_no_digest(digest: str) -> None:
    """Source: reference api.md §3.5."""
    assert not is_digest(digest)


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        (f"sha256:{HEX}", True),
        (f"sha256:{HEX.upper()}", False),
        (f"sha256:{HEX[1:]}", False),
        (f"sha256:{HEX}0", False),
        (f"sha512:{HEX}", False),
        (f"sha256:{HEX}\n", False),
    ],
)
def test_ecr_holds_sha256_digests_in_lower_case(digest: str, expected: bool) -> None:
    """Source: reference registry.md §1.1."""
    assert is_digest_by(digest, ("sha256",)) is expected


@given(st.binary())
def test_the_digest_of_bytes_is_their_sha256(content: bytes) -> None:
    assert sha256_of(content) == "sha256:" + hashlib.sha256(content).hexdigest()


def test_the_empty_blob_is_the_digest_of_nothing() -> None:
    assert sha256_of(b"") == EMPTY_BLOB


@pytest.mark.parametrize(
    ("algorithms", "digest", "expected"),
    [
        (("sha256",), "sha256:" + "a" * 64, True),
        (("sha256",), "sha512:" + "a" * 128, False),
        (("sha256", "sha512"), "sha512:" + "a" * 128, True),
        (("sha256", "sha512"), "sha512:" + "a" * 64, False),
        (("sha256", "sha512"), "sha512:" + "A" * 128, False),
        (("sha256", "md5"), "md5:" + "a" * 32, False),
        (("sha256", ""), "", False),
    ],
)
def test_a_digest_is_whole_and_by_one_of_some_algorithms(
    algorithms: tuple[str, ...], digest: str, expected: bool
) -> None:
    assert is_digest_by(digest, algorithms) is expected


@pytest.mark.parametrize(
    ("like", "algorithm"),
    [(None, "sha256"), ("sha256:ab", "sha256"), ("sha512:ab", "sha512"), ("md5:ab", "sha256")],
)
def test_a_digest_is_made_by_the_algorithm_of_another(like: str | None, algorithm: str) -> None:
    expected = f"{algorithm}:{hashlib.new(algorithm, b'layer').hexdigest()}"
    assert digest_like(like, b"layer") == expected


@pytest.mark.parametrize("blob", EMPTY_BLOBS)
def test_the_empty_blob_has_a_name_by_each_algorithm(blob: str) -> None:
    assert digest_like(blob, b"") == blob
