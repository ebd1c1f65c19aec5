"""Wire to values and back, driven by the service model.

Every conversion is compiled once for its shape and then only called. A new structure in a request is one
line in ``STRUCTURES``; answers need nothing, since the output shape picks from the value by name.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import import_module
from operator import attrgetter
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape
from dateutil.tz import tzlocal, tzutc

Convert = Callable[[Any], Any]

# The value for each structure of a request; its module loads when an operation that has it is first called.
STRUCTURES: Mapping[str, str] = MappingProxyType(
    {
        "DescribeImagesFilter": "images.ListImagesFilter",
        "EncryptionConfiguration": "repositories.EncryptionConfiguration",
        "EncryptionConfigurationForRepositoryCreationTemplate": "repositories.EncryptionConfiguration",
        "ImageIdentifier": "images.ImageIdentifier",
        "ImageScanningConfiguration": "repositories.ImageScanningConfiguration",
        "ImageTagMutabilityExclusionFilter": "repositories.ImageTagMutabilityExclusionFilter",
        "LifecyclePolicyPreviewFilter": "lifecycle.LifecyclePolicyPreviewFilter",
        "ListImageReferrersFilter": "referrers.ListImageReferrersFilter",
        "ListImagesFilter": "images.ListImagesFilter",
        "PolicyDescriptorType": "sts.PolicyDescriptor",
        "ProvidedContext": "sts.ProvidedContext",
        "SubjectIdentifier": "referrers.SubjectIdentifier",
        "RegistryScanningRule": "scanning.RegistryScanningRule",
        "ReplicationConfiguration": "replication.ReplicationConfiguration",
        "ReplicationDestination": "replication.ReplicationDestination",
        "ReplicationRule": "replication.ReplicationRule",
        "RepositoryFilter": "replication.RepositoryFilter",
        "RepositoryCatalogDataInput": "public_gallery.CatalogDataInput",
        "ScanningRepositoryFilter": "scanning.ScanningRepositoryFilter",
        "SignatureValidityPeriod": "signer.SignatureValidityPeriod",
        "SigningConfiguration": "signing.SigningConfiguration",
        "SigningConfigurationOverrides": "signer.SigningConfigurationOverrides",
        "SigningMaterial": "signer.SigningMaterial",
        "SigningPlatformOverrides": "signer.SigningPlatformOverrides",
        "SigningRepositoryFilter": "signing.SigningRepositoryFilter",
        "SigningRule": "signing.SigningRule",
        "Tag": "repositories.ResourceTag",
    }
)
# The value for each entry of a map of a request, with its ``key`` and ``value``.
ENTRIES: Mapping[str, str] = MappingProxyType(
    {"SigningParameters": "signer.SigningParameter", "TagMap": "repositories.ResourceTag"}
)


def _value_class(of: str) -> Callable[..., Any]:
    module, _, name = of.partition(".")
    found: Callable[..., Any] = getattr(import_module(f"ecrmock.values.{module}"), name)
    return found


@cache
def to_domain(shape: Shape) -> Convert:
    """Return the conversion of a parsed JSON value to a domain value; null means absent."""
    if isinstance(shape, StructureShape):
        return _structure_to_domain(_value_class(STRUCTURES[shape.name]), shape)
    if isinstance(shape, ListShape):
        item = to_domain(shape.member)
        return lambda raw: tuple(map(item, raw))
    if isinstance(shape, MapShape) and shape.name in ENTRIES:
        return _entries_to_domain(_value_class(ENTRIES[shape.name]))
    if shape.type_name == "blob":
        return b64decode
    if shape.type_name == "timestamp":
        return lambda raw: datetime.fromtimestamp(raw, UTC)
    return _identity


@cache
def to_parameters(shape: StructureShape | None) -> Convert:
    """Return the conversion of a parsed request to the keyword arguments of its operation."""
    return _structure_to_domain(dict, shape) if shape is not None else lambda _: {}


def _structure_to_domain(make: Callable[..., Any], shape: StructureShape) -> Convert:
    members = {key: (xform_name(key), to_domain(member)) for key, member in _known(shape).items()}

    def convert(raw: Mapping[str, Any]) -> Any:
        values = {}
        for key, value in raw.items():
            if value is not None and key in members:
                name, read = members[key]
                values[name] = value if read is _identity else read(value)
        return make(**values)

    return convert


def _entries_to_domain(make: Callable[..., Any]) -> Convert:
    """Return the conversion of a map to values for its entries; one whose value is null is absent."""
    return lambda raw: tuple(
        make(key=key, value=value) for key, value in raw.items() if value is not None
    )


def _known(shape: StructureShape) -> Mapping[str, Shape]:
    """Return the members, without those whose structures no implemented operation reads."""
    return {key: member for key, member in shape.members.items() if _is_known(member)}


def _is_known(shape: Shape) -> bool:
    if isinstance(shape, ListShape):
        return _is_known(shape.member)
    return not isinstance(shape, StructureShape) or shape.name in STRUCTURES


@cache
def to_wire(shape: Shape) -> Convert:
    """Return the conversion of a domain value to what JSON says of it: times as numbers of seconds."""
    return _outward(shape, to_wire, datetime.timestamp, lambda value: b64encode(value).decode())


@cache
def to_parsed(shape: Shape) -> Convert:
    """Return the conversion of a domain value to what botocore's parser would make of our JSON."""
    return _outward(shape, to_parsed, _local_time, _identity)


@cache
def to_parsed_xml(shape: Shape) -> Convert:
    """Return the conversion of a domain value to what botocore's parser would make of our XML.

    Policies are encoded in it; botocore's client decodes them afterwards. Source: reference iam.md §13.
    """
    if shape.name == "policyDocumentType":
        return lambda text: quote(text, safe="")
    return _outward(shape, to_parsed_xml, _whole_seconds, _identity)


_LOCAL, _UTC = tzlocal(), tzutc()


def _whole_seconds(time: datetime) -> datetime:
    return time.astimezone(_UTC).replace(microsecond=0)


@lru_cache(maxsize=8192)  # pages show the same times again and again
def _local_time(time: datetime) -> datetime:
    """Return a time as botocore does; C knows the local time faster than dateutil."""
    return datetime.fromtimestamp(time.timestamp()).replace(tzinfo=_LOCAL)


def _outward(
    shape: Shape, nested: Callable[[Shape], Convert], timestamp: Convert, blob: Convert
) -> Convert:
    if isinstance(shape, StructureShape):
        return _Picker({key: nested(member) for key, member in shape.members.items()})
    if isinstance(shape, ListShape):
        item = nested(shape.member)
        return list if item is _identity else lambda values: list(map(item, values))
    if isinstance(shape, MapShape):
        item = nested(shape.value)
        return lambda values: {key: item(value) for key, value in values.items()}
    return {"timestamp": timestamp, "blob": blob}.get(shape.type_name, _identity)


class _Picker:
    """Picks the members of a structure from a value; what the value lacks or has as None is absent.

    What a class of values has is found out once, so that picking is one attrgetter and one dict.
    """

    def __init__(self, members: Mapping[str, Convert]) -> None:
        self._members = members
        self._plans: dict[type, Callable[[Any], dict[str, Any]]] = {}

    def __call__(self, value: Any) -> dict[str, Any]:
        plan = self._plans.get(type(value))
        if plan is None:
            plan = self._plans[type(value)] = self._plan(value)
        return plan(value)

    def _plan(self, value: Any) -> Callable[[Any], dict[str, Any]]:
        names = {key: xform_name(key) for key in self._members}
        keys = [key for key, name in names.items() if hasattr(value, name)]
        if not keys:
            return lambda _: {}
        get = attrgetter(*(names[key] for key in keys), "__class__")  # never a single value
        conversions = [
            (key, convert) for key in keys if (convert := self._members[key]) is not _identity
        ]

        def pick(value: Any) -> dict[str, Any]:
            members = zip(keys, get(value), strict=False)
            picked = {key: member for key, member in members if member is not None}
            for key, convert in conversions:
                if key in picked:
                    picked[key] = convert(picked[key])
            return picked

        return pick


def _identity(value: Any) -> Any:
    return value
