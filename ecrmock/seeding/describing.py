"""The state of a backend as a seed that would make it again.

Not in it: sessions of roles, uploads under way, layers that no image names, older versions of managed
policies, previews, signing jobs, what signing profiles override, events and calls. Ids are drawn anew, and
what has no time in a seed is made now.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from ecrmock.rules.json_text import print_json, read_json
from ecrmock.rules.lifecycle_text import read_lifecycle_policy, write_lifecycle_policy
from ecrmock.values.api_documents import renamed
from ecrmock.values.iam import DEFAULT_PATH, SERVICE_ROLE_PATH
from ecrmock.values.names import PUBLIC
from ecrmock.values.scanning import BASIC
from ecrmock.values.scans import LIMIT_EXCEEDED
from ecrmock.values.settings import Settings
from ecrmock.values.signer import CANCELED, LONGEST_VALIDITY, NOTATION

Row = Mapping[str, Any]
_IAM, _ALIASES = "iam", "public_aliases"
_NO_REGIONS = (_IAM, _ALIASES, PUBLIC)
_CATALOG = ("description", "architectures", "operating_systems", "about_text", "usage_text")


def describe(state: Row, settings: Settings, images: str, clock: datetime | None) -> dict[str, Any]:
    """Return the seed of a state, whose images are in the OCI layout of the name ``images``.

    ``clock`` is its time, where that is not the real one.
    """
    made = _Description(settings.activation_time, images)
    accounts = {account: made.account(content) for account, content in sorted(state.items())}
    time = {} if clock is None else {"clock": clock.isoformat()}
    return {"version": 1, **time, "accounts": accounts}


class _Description:
    """What does not change from one repository to the next."""

    def __init__(self, activation_time: timedelta, layout: str) -> None:
        self._activation_time, self._layout = activation_time, layout

    def account(self, account: Row) -> dict[str, Any]:
        """Return the principals of an account and what it has in its regions."""
        regions = {
            region: self._region(registry)
            for region, registry in sorted(account.items())
            if region not in _NO_REGIONS
        }
        described = {"regions": regions, "public": self._public(account)}
        return _without_empty({**_identities(account.get(_IAM, {})), **described})

    def _public(self, account: Row) -> dict[str, Any]:
        registry = account.get(PUBLIC, {"settings": {}, "repositories": ()})
        described = {
            "aliases": {each["name"]: _alias(each) for each in account.get(_ALIASES, ())},
            "display_name": registry["settings"].get("display_name"),
            "repositories": self._repositories(registry, _public_repository),
        }
        return _without_empty(described)

    def _region(self, registry: Row) -> dict[str, Any]:
        described = {
            "registry": _registry(registry["settings"], registry["findings_on_demand"]),
            "signing_profiles": _signing_profiles(registry),
            "repositories": self._repositories(registry, _repository),
        }
        return _without_empty(described)

    def _repositories(
        self, registry: Row, describe_one: Callable[[Row], dict[str, Any]]
    ) -> dict[str, Any]:
        listed = sorted(registry["repositories"], key=lambda row: row["repository"]["sequence"])
        return {
            row["repository"]["repository_name"]: {
                **describe_one(row["repository"]),
                **_without_empty({"images": self._images(row)}),
            }
            for row in listed
        }

    def _images(self, repository: Row) -> list[dict[str, Any]]:
        """Return images and later tags in the order in which they came, an image with its first tags."""
        held = {blob["digest"] for blob in repository["blobs"]}
        scans = {row["image_digest"]: row.get("basic") for row in repository["scans"]}
        rows = sorted((*repository["images"], *repository["tags"]), key=itemgetter("sequence"))
        entries: list[dict[str, Any]] = []
        last: tuple[str, str | None] | None = None  # the image and the time of the last entry
        for row in rows:
            digest, time = row["image_digest"], row.get("image_pushed_at") or row.get("tagged_at")
            if "image_tag" not in row:
                entries.append({**self._image(row, held), **_scanned(scans.get(digest))})
                held |= {digest} if "digest" in entries[-1] else set()  # an index may list it now
            elif (digest, time) == last:
                entries[-1].setdefault("tags", []).append(row["image_tag"])
            else:
                put = _without_empty({"tags": [row["image_tag"]], "pushed_at": time})
                entries.append({"image": digest, **put})
            last = digest, time
        return entries

    def _image(self, image: Row, held: set[str]) -> dict[str, Any]:
        """Return one image; one whose layers nobody pushed has its manifest alone."""
        if held.issuperset(image["references"]):
            source = {"oci_layout": self._layout, "digest": image["image_digest"]}
        else:
            media_type = image["image_manifest_media_type"]
            source = {"manifest": image["image_manifest"], "media_type": media_type}
        return {
            **source,
            "pushed_at": image["image_pushed_at"],
            **_renamed(image, last_recorded_pull_time="pulled_at", last_archived_at="archived_at"),
            **self._restored(image),
        }

    def _restored(self, image: Row) -> dict[str, str]:
        """Return when the way back from the archive began, by when it was or will be over."""
        is_archived = image["image_status"] == "ARCHIVED"
        over = image.get("activates_at") or (
            None if is_archived else image.get("last_activated_at")
        )
        if over is None:
            return {}
        began = datetime.fromisoformat(over) - self._activation_time
        return {"restored_at": max(began.isoformat(), image["last_archived_at"])}


def _scanned(scan: Row | None) -> dict[str, str]:
    """Return when an image was scanned; one whose scan a quota forbade was not."""
    is_scanned = scan is not None and scan["status"] != LIMIT_EXCEEDED
    return {"scanned_at": scan["since"]} if scan is not None and is_scanned else {}


def _repository(repository: Row) -> dict[str, Any]:
    encryption = repository["encryption_configuration"]
    exclusions = repository.get("image_tag_mutability_exclusion_filters") or ()
    described = {
        "created_at": repository["created_at"],
        "tag_mutability": _unless(repository["image_tag_mutability"], "MUTABLE"),
        "tag_mutability_exclusions": [each["filter"] for each in exclusions],
        "scan_on_push": repository["image_scanning_configuration"]["scan_on_push"],
        "encryption": _unless(
            _renamed(encryption, encryption_type="type", kms_key="kms_key"), {"type": "AES256"}
        ),
        "resource_tags": _tags(repository),
        "repository_policy": _document(repository.get("repository_policy_text"), _shown),
        "lifecycle_policy": _document(repository.get("lifecycle_policy_text"), _shown_lifecycle),
    }
    return _without_empty(described)


def _public_repository(repository: Row) -> dict[str, Any]:
    said = repository.get("catalog_data")
    logo = {} if said is None else _renamed(said, logo_image="logo")
    described = {
        "created_at": repository["created_at"],
        "resource_tags": _tags(repository),
        "repository_policy": _document(repository.get("repository_policy_text"), _shown),
    }
    shown = {} if said is None else {name: said[name] for name in _CATALOG if name in said} | logo
    return _without_empty(described) | ({} if said is None else {"catalog_data": shown})


def _alias(alias: Row) -> dict[str, Any]:
    described = {
        "status": _unless(alias["status"], "ACTIVE"),
        "primary": alias["primary_registry_alias"],
        "default": alias["default_registry_alias"],
    }
    return _without_empty(described)


def _registry(settings: Row, demands: Sequence[Row]) -> dict[str, Any]:
    scanning = settings["scanning_configuration"]
    rules = [
        {
            "frequency": rule["scan_frequency"],
            "repositories": [each["filter"] for each in rule["repository_filters"]],
        }
        for rule in scanning["rules"]
    ]
    is_set = bool(rules) or scanning["scan_type"] != BASIC
    described = {
        "registry_policy": _document(settings.get("registry_policy_text"), _shown),
        "scanning": {"type": scanning["scan_type"], "rules": rules} if is_set else None,
        "signing": [
            *map(_signing_rule, settings.get("signing_configuration", {}).get("rules", ()))
        ],
        "findings": [_demand(each) for each in demands],
        "account_settings": {each["name"]: each["value"] for each in settings["account_settings"]},
        "pull_time_exclusions": [
            each["principal_arn"] for each in settings["pull_time_exclusions"]
        ],
    }
    return _without_empty(described)


def _signing_rule(rule: Row) -> dict[str, Any]:
    wildcards = [each["filter"] for each in rule.get("repository_filters") or ()]
    return _without_empty({"profile": rule["signing_profile_arn"], "repositories": wildcards})


def _signing_profiles(registry: Row) -> dict[str, Any]:
    profiles = registry.get("signer", {}).get("profiles", ())
    listed = sorted(profiles, key=itemgetter("sequence"))
    return {each["profile_name"]: _signing_profile(each) for each in listed}


def _signing_profile(profile: Row) -> dict[str, Any]:
    record = profile.get("revocation_record")
    revoked = {"reason": profile.get("status_reason")} | _renamed(
        record or {}, revocation_effective_from="from"
    )
    described = {
        "platform": _unless(profile["platform_id"], NOTATION),
        "validity": _unless(profile["signature_validity_period"], asdict(LONGEST_VALIDITY)),
        "certificate": profile["signing_material"].get("certificate_arn"),
        "parameters": {each["key"]: each["value"] for each in profile["parameters"]},
        "resource_tags": _tags(profile),
        "canceled": profile["status"] == CANCELED,
        "revoked": revoked if record is not None else None,
    }
    return _without_empty(described)


def _demand(demand: Row) -> dict[str, Any]:
    """Return findings on demand with the names of AWS's API; a list may be empty."""
    selectors = _renamed(
        demand,
        repository_name="repository",
        image_tag="tag",
        image_digest="digest",
        package_name="package",
        status="status",
    )
    kinds = ("findings", "enhanced_findings")
    return selectors | {name: renamed(demand[name]) for name in kinds if name in demand}


def _identities(iam: Row) -> dict[str, Any]:
    keys = iam.get("keys", ())
    return {
        "policies": {each["policy_name"]: _policy(each) for each in iam.get("policies", ())},
        "groups": {each["name"]: _identity(each) for each in iam.get("groups", ())},
        "users": {each["name"]: _user(each, keys, iam) for each in iam.get("users", ())},
        "roles": {each["name"]: _role(each) for each in iam.get("roles", ())},
        "access_keys": _keys(keys, None),
    }


def _policy(policy: Row) -> dict[str, Any]:
    (document,) = (
        version["document"]
        for version in policy["versions"]
        if version["version_id"] == policy["default_version_id"]
    )
    described = {
        "path": _unless(policy["path"], DEFAULT_PATH),
        "description": policy.get("description"),
        "resource_tags": _tags(policy),
    }
    return _without_empty(described) | {"document": _document(document)}


def _identity(identity: Row) -> dict[str, Any]:
    inline = [
        {"name": each["policy_name"], "document": _document(each["policy_document"])}
        for each in identity["inline_policies"]
    ]
    described = {
        "path": _unless(identity["path"], DEFAULT_PATH),
        "policies": [*identity["attached_policy_arns"], *inline],
        "permissions_boundary": (identity.get("permissions_boundary") or {}).get(
            "permissions_boundary_arn"
        ),
        "resource_tags": _tags(identity),
    }
    return _without_empty(described)


def _user(user: Row, keys: Sequence[Row], iam: Row) -> dict[str, Any]:
    names = {group["name"].lower(): group["name"] for group in iam.get("groups", ())}
    groups = [names[key] for key in user["group_keys"] if key in names]
    more = {"groups": groups, "access_keys": _keys(keys, user["name"])}
    return _identity(user) | _without_empty(more)


def _role(role: Row) -> dict[str, Any]:
    described = _without_empty({"description": role.get("description")})
    if role["path"].startswith(SERVICE_ROLE_PATH):
        service = role["path"].removeprefix(SERVICE_ROLE_PATH).rstrip("/")
        tags = _without_empty({"resource_tags": _tags(role)})
        return {"service": service} | described | tags
    return {
        **_identity(role),
        **described,
        "trust": _document(role["assume_role_policy_document"]),
        **_without_empty(
            {"max_session_duration": _unless(role["max_session_duration"], 3600)},
        ),
    }


def _keys(keys: Sequence[Row], user_name: str | None) -> list[dict[str, Any]]:
    return [
        {
            **_renamed(key, access_key_id="id", secret_access_key="secret"),  # noqa: S106
            **_without_empty({"status": _unless(key["status"], "Active")}),
        }
        for key in keys
        if key.get("user_name") == user_name
    ]


def _document(text: str | None, shown: Callable[[str], str] = lambda text: text) -> Any:
    """Return a policy as a document where that leads to the same text again, else its text."""
    if text is None:
        return None
    document = json.loads(text)
    again = shown(json.dumps(document))
    return document if again == text else text


def _shown(text: str) -> str:
    return print_json(read_json(text))


def _shown_lifecycle(text: str) -> str:
    return write_lifecycle_policy(read_lifecycle_policy(text))


def _tags(owner: Row) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in owner.get("resource_tags", ())}


def _renamed(row: Row, **names: str) -> dict[str, Any]:
    return {names[name]: row[name] for name in names if row.get(name) is not None}


def _unless(value: Any, default: Any) -> Any:
    return None if value == default else value


def _without_empty(members: Row) -> dict[str, Any]:
    """Return the members that say something: what is empty, off or absent is what a seed begins with."""
    return {name: value for name, value in members.items() if value not in (None, False, [], {})}
