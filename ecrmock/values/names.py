"""Names of things: accounts, regions, partitions, repositories, tags, digests and their ARNs.

A name is a plain string with a type of its own, so that a mix-up is a type error and costs nothing
at run time. Whether a text *is* such a name is asked here and nowhere else.
"""

import hashlib
import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple, NewType

AccountId = NewType("AccountId", str)  # twelve digits
Region = NewType("Region", str)
RepositoryName = NewType("RepositoryName", str)
Tag = NewType("Tag", str)
Digest = NewType("Digest", str)  # "sha256:" and 64 hexadecimal digits; in mode oci sha512 too
UploadId = NewType("UploadId", str)  # a UUID

EMPTY_BLOB = Digest("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
EMPTY_BLOBS = (EMPTY_BLOB, Digest("sha512:" + hashlib.sha512().hexdigest()))
LAYER_PATH = "/_ecrmock/layers/"  # where a server has the layers that presigned URLs name
LOGO_PATH = "/_ecrmock/logo/"  # where it has the logos of public repositories

# Stands where a region does and means the public registry of an account, which no region divides.
# Its API is that of ``PUBLIC_HOME``. Source: reference public.md §1.
PUBLIC = Region("public")
PUBLIC_HOME = Region("us-east-1")

# Where AWS has public registries; the second is for dual-stack clients. Source: reference public.md §1.
PUBLIC_HOST = "public.ecr.aws"
PUBLIC_HOSTS = (PUBLIC_HOST, "ecr-public.aws.com")

_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_REPOSITORY_NAME = re.compile(
    r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
)
_PUBLIC_REPOSITORY_NAME = re.compile(
    r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
)
_TAG = re.compile(r"[a-zA-Z0-9-_.]+")
_DIGEST = re.compile(r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")
_HELD_DIGEST = re.compile(r"(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})")
_REPOSITORY_ARN = re.compile(r"arn:([a-z-]+):ecr:([a-z0-9-]+):([0-9]{12}):repository/(.+)")
_PUBLIC_REPOSITORY_ARN = re.compile(r"arn:aws:ecr-public::([0-9]{12}):repository/(.+)")
_REGISTRY_HOST = re.compile(r"([0-9]{12})\.dkr[.-]ecr(?:-fips)?\.([a-z]{2,}(?:-[a-z0-9]+)+)\..+")
_ADDRESS_PREFIX = re.compile(r"([0-9]{12})\.([a-z]{2,}(?:-[a-z0-9]+)+)")


class Partition(NamedTuple):
    """A group of regions with its own ARNs and hosts."""

    name: str
    dns_suffix: str


# Source: reference api.md §20. The first prefix that fits decides; the last one fits everything.
_PARTITIONS = (
    ("cn-", Partition("aws-cn", "amazonaws.com.cn")),
    ("us-gov-", Partition("aws-us-gov", "amazonaws.com")),
    ("us-isob-", Partition("aws-iso-b", "sc2s.sgov.gov")),
    ("us-isof-", Partition("aws-iso-f", "csp.hci.ic.gov")),
    ("eu-isoe-", Partition("aws-iso-e", "cloud.adc-e.uk")),
    ("us-iso-", Partition("aws-iso", "c2s.ic.gov")),
    ("eusc-", Partition("aws-eusc", "amazonaws.eu")),
    ("", Partition("aws", "amazonaws.com")),
)


@lru_cache(maxsize=256)
def partition_of(region: Region) -> Partition:
    """Return the partition that a region belongs to; an unknown region is taken for the first one's."""
    return next(partition for prefix, partition in _PARTITIONS if region.startswith(prefix))


def repository_arn(account: AccountId, region: Region, name: RepositoryName) -> str:
    """Return the ARN of a repository. Source: reference api.md §20; public.md §1."""
    if region == PUBLIC:
        return f"arn:aws:ecr-public::{account}:repository/{name}"
    return f"arn:{partition_of(region).name}:ecr:{region}:{account}:repository/{name}"


def parse_repository_arn(arn: str) -> tuple[AccountId, Region, RepositoryName] | None:
    """Read account, region and name from what ``repository_arn`` writes; None for anything else."""
    public = _PUBLIC_REPOSITORY_ARN.fullmatch(arn)
    if public is not None and is_repository_name(public[2]):
        return AccountId(public[1]), PUBLIC, RepositoryName(public[2])
    match = _REPOSITORY_ARN.fullmatch(arn)
    if match is None or match[2] == PUBLIC or not is_repository_name(match[4]):
        return None
    account, region, name = AccountId(match[3]), Region(match[2]), RepositoryName(match[4])
    return (account, region, name) if match[1] == partition_of(region).name else None


def public_registry_arn(account: AccountId) -> str:
    """Return the ARN of the public registry of an account. Source: reference public.md §1."""
    return f"arn:aws:ecr-public::{account}:registry/{account}"


def service_of(region: Region) -> str:
    """Return the service whose registry is meant in a region, as IAM and botocore name it."""
    return "ecr-public" if region == PUBLIC else "ecr"


def endpoint_region(region: Region) -> Region:
    """Return the region of AWS where the API of a registry is."""
    return PUBLIC_HOME if region == PUBLIC else region


def registry_host(account: AccountId, region: Region) -> str:
    """Return the host under which AWS serves the registry of an account in a region."""
    return f"{account}.dkr.ecr.{region}.{partition_of(region).dns_suffix}"


def parse_registry_host(host: str) -> tuple[AccountId, Region] | None:
    """Read account and region from a host that names a registry, whatever its suffix; else None.

    Source: reference api.md §20 (standard, FIPS and dual-stack hosts).
    """
    match = _REGISTRY_HOST.fullmatch(host)
    return (AccountId(match[1]), Region(match[2])) if match else None


def address_prefix(account: AccountId, region: Region) -> str:
    """Return the first path segment that stands for a registry on a server without its own host."""
    return f"{account}.{region}"


def parse_address_prefix(segment: str) -> tuple[AccountId, Region] | None:
    """Read a segment of the form that ``address_prefix`` writes; None when it is something else."""
    match = _ADDRESS_PREFIX.fullmatch(segment)
    return (AccountId(match[1]), Region(match[2])) if match else None


def is_account_id(text: str) -> bool:
    """Tell whether a text is an account id: twelve digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None


def is_repository_name(text: str) -> bool:
    """Tell whether a text may name a repository. Source: API shape ``RepositoryName``."""
    return 2 <= len(text) <= 256 and _REPOSITORY_NAME.fullmatch(text) is not None


def is_public_repository_name(text: str) -> bool:
    """Tell whether a text may name a public repository. Source: reference public.md §3."""
    return 2 <= len(text) <= 205 and _PUBLIC_REPOSITORY_NAME.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Tell whether a text may be an image tag. Source: reference api.md §3.5."""
    return len(text) <= 300 and _TAG.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Tell whether a text has the form of a digest of any algorithm. Source: reference api.md §3.5."""
    return _DIGEST.fullmatch(text) is not None


def is_digest_by(text: str, algorithms: Collection[str]) -> bool:
    """Tell whether a text is a whole digest by one of some algorithms, in lower case.

    ECR can hold those by sha256, the plain registry those by sha512 as well.
    """
    return algorithm_of(text) in algorithms and _HELD_DIGEST.fullmatch(text) is not None


def algorithm_of(digest: str) -> str:
    """Return the name of the algorithm that a digest begins with."""
    return digest.partition(":")[0]


def sha256_of(content: bytes) -> Digest:
    """Return the digest of some bytes."""
    return Digest("sha256:" + hashlib.sha256(content).hexdigest())


def digest_like(digest: str | None, content: bytes) -> Digest:
    """Return the digest of some bytes by the algorithm that another digest is of; sha256 for none."""
    if digest is None or algorithm_of(digest) != "sha512":
        return sha256_of(content)
    return Digest("sha512:" + hashlib.sha512(content).hexdigest())
