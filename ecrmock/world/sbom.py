"""An inventory as a software bill of materials: CycloneDX JSON.

Needs the extra ``scan``. Package URLs follow the types of the package URL specification; ``distro`` and
``upstream`` are what scanners of such documents look for beside them.
"""

import json
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ecrmock.values.errors import MissingExtraError
from ecrmock.values.inventory import (
    GOLANG,
    MAVEN,
    NPM,
    OPERATING_SYSTEM_KINDS,
    RPM,
    Inventory,
    OperatingSystem,
    Package,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component
    from packageurl import PackageURL


_FORM = MappingProxyType(
    {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
    }
)


def cyclonedx_json(
    inventory: Inventory, *, name: str, digest: str, created_at: datetime, serial_number: UUID
) -> str:
    """Return the document (CycloneDX 1.6) about the image of a name and a digest. Raises: MissingExtraError."""
    try:
        head = _written(_head(_image(name, digest), created_at, serial_number))
        components = [_written(each) for each in _components(inventory)]
    except ImportError:
        raise MissingExtraError("a bill of materials needs: pip install 'ecrmock[scan]'") from None
    contents = {"ref": head["metadata"]["component"]["bom-ref"]}
    contents["dependsOn"] = [each["bom-ref"] for each in components]
    return json.dumps(
        _FORM | head | {"components": components, "dependencies": [contents]}, indent=2
    )


def _written(part: "Bom | Component") -> dict[str, Any]:
    """Return a part of the document as JSON has it.

    Given all at once, the library looks for each component among all others, and holds 20 kB for each:
    4,000 of them took 40 seconds and 90 MiB.
    """
    from cyclonedx.schema.schema import SchemaVersion1Dot6  # noqa: PLC0415 - an extra

    written: dict[str, Any] = json.loads(part.as_json(view_=SchemaVersion1Dot6))  # type: ignore[union-attr]
    return written


def package_url(package: Package, system: OperatingSystem | None = None) -> str | None:
    """Return the package URL of a package; None where its name fits in none. Raises: MissingExtraError."""
    try:
        url = _package_url(package, system)
    except ImportError:
        raise MissingExtraError("package URLs need: pip install 'ecrmock[scan]'") from None
    return url.to_string() if url is not None else None


def _head(image: "Component", created_at: datetime, serial_number: UUID) -> "Bom":
    from cyclonedx.model.bom import Bom, BomMetaData  # noqa: PLC0415 - an extra

    metadata = BomMetaData(timestamp=created_at, component=image)
    return Bom(serial_number=serial_number, metadata=metadata)


def _components(inventory: Inventory) -> "Iterator[Component]":
    """Yield the operating system, if it is known, and the packages, in their order."""
    if inventory.operating_system is not None:
        yield _system(inventory.operating_system)
    for number, package in enumerate(inventory.packages, 1):
        yield _component(number, package, inventory.operating_system)


def _image(name: str, digest: str) -> "Component":
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415

    return Component(type=ComponentType.CONTAINER, name=name, version=digest, bom_ref="image")


def _system(system: OperatingSystem) -> "Component":
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415

    return Component(
        type=ComponentType.OPERATING_SYSTEM,
        name=system.id,
        version=system.version_id or None,
        description=system.pretty_name or None,
        bom_ref="operating-system",
    )


def _component(number: int, package: Package, system: OperatingSystem | None) -> "Component":
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415
    from cyclonedx.model.license import DisjunctiveLicense  # noqa: PLC0415

    group, name = _group_and_name(package)
    return Component(
        type=ComponentType.LIBRARY,
        group=group,
        name=name,
        version=package.full_version,
        purl=_package_url(package, system),
        licenses=[DisjunctiveLicense(name=package.license)] if package.license else (),
        properties=list(_properties(package)),
        bom_ref=f"package-{number}",
    )


def _properties(package: Package) -> Any:
    from cyclonedx.model import Property  # noqa: PLC0415

    yield Property(name="ecrmock:file", value=package.file)
    if package.layer is not None:
        yield Property(name="ecrmock:layer", value=package.layer)


def _group_and_name(package: Package) -> tuple[str | None, str]:
    separator = {MAVEN: ":", NPM: "/"}.get(package.kind)
    group, found, name = package.name.partition(separator) if separator else ("", "", "")
    return (group, name) if found and name else (None, package.name)


def _package_url(package: Package, system: OperatingSystem | None) -> "PackageURL | None":
    from packageurl import PackageURL  # noqa: PLC0415

    group, name = _group_and_name(package)
    qualifiers: dict[str, str] = {}
    version = package.full_version
    if package.kind in OPERATING_SYSTEM_KINDS:
        group = system.id if system is not None else "linux"
        qualifiers = _qualifiers(package, system)
        version = package.version if package.kind == RPM else version
    elif package.kind == GOLANG and "/" in package.name:
        group, _, name = package.name.rpartition("/")
    if not name.strip().strip("/"):  # a file may say anything; packageurl strips its names so
        return None
    return PackageURL(
        type=package.kind, namespace=group, name=name, version=version, qualifiers=qualifiers
    )


def _qualifiers(package: Package, system: OperatingSystem | None) -> dict[str, str]:
    found = {"arch": package.architecture or ""}
    if package.kind == RPM and package.epoch:
        found["epoch"] = str(package.epoch)
    if system is not None and system.version_id:
        found["distro"] = f"{system.id}-{system.version_id}"
    own = (package.name, package.full_version)
    source = (package.source_name or package.name, package.source_version or own[1])
    if source != own:
        found["upstream"] = source[0] if source[1] == own[1] else f"{source[0]}@{source[1]}"
    return {key: value for key, value in found.items() if value}
