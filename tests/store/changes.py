"""Changes to a store in any order, as operations make them, and all that can be seen of a store.

A step is an action with three small numbers: which repository, which image, blob or upload, which tag.
A step that cannot be done, such as to remove what is not there, does nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from ecrmock.store.repository import RepositoryState
from ecrmock.store.store import RegistryState, Store
from ecrmock.values.authorization import Caller
from ecrmock.values.findings import (
    Attribute,
    CvssScore,
    EnhancedFinding,
    Finding,
    FindingsOnDemand,
    ImageScanFindings,
    PackageVulnerabilityDetails,
)
from ecrmock.values.iam import (
    AccessKeyLastUsed,
    AttachedPermissionsBoundary,
    Group,
    InlinePolicy,
    ManagedPolicy,
    PolicyVersion,
    Role,
    Session,
    User,
    UserKey,
)
from ecrmock.values.images import Image, Tagging
from ecrmock.values.layers import HeldBlob, Upload
from ecrmock.values.lifecycle import (
    LifecyclePolicyPreviewResult,
    LifecyclePolicyPreviewSummary,
    LifecyclePolicyRuleAction,
    LifecyclePreview,
)
from ecrmock.values.manifests import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from ecrmock.values.names import sha256_of
from ecrmock.values.public_gallery import PublicAlias
from ecrmock.values.repositories import (
    ImageTagMutabilityExclusionFilter,
    Repository,
    RepositoryCatalogData,
    ResourceTag,
)
from ecrmock.values.scans import ImageScans, Scan
from ecrmock.values.signer import (
    CANCELED,
    NOTATION,
    SigningJob,
    SigningJobRevocationRecord,
    SigningParameter,
    SigningProfile,
    SigningProfileRevocationRecord,
)
from ecrmock.values.signing import ImageSigningStatus

ACCOUNT, REGION = "123456789012", "us-east-1"
TIME = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
CONTENTS = tuple(bytes([number]) * (number + 1) for number in range(3))
BLOBS = tuple(map(sha256_of, CONTENTS))
IMAGES = tuple(sha256_of(f"image {number}".encode()) for number in range(5))
INDEXES = (3, 4)  # among IMAGES; the second one lists the first one, and an image twice
TAGS = ("latest", "1.0", "dev")
REPOSITORIES = ("team/a", "team/b")
USERS = ("Alice", "Bob")
POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/policy"
A_BOUNDARY = AttachedPermissionsBoundary(permissions_boundary_arn=POLICY_ARN)
UPLOADS = tuple(f"00000000-0000-4000-8000-00000000000{number}" for number in range(5))


def a_repository(name: str = REPOSITORIES[0], sequence: int = 1, **members: Any) -> Repository:
    return Repository(
        repository_arn=f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}",
        registry_id=ACCOUNT,
        repository_name=name,
        created_at=TIME,
        sequence=sequence,
        **members,
    )


def an_image(number: int = 0, **members: Any) -> Image:
    is_index = number in INDEXES
    listed = (IMAGES[0], IMAGES[1]) if number == INDEXES[0] else (IMAGES[3], IMAGES[1], IMAGES[1])
    found = {
        "image_digest": IMAGES[number],
        "image_manifest": f"image {number}",
        "image_manifest_media_type": OCI_INDEX if is_index else OCI_MANIFEST,
        "artifact_media_type": None if is_index else OCI_CONFIG,
        "image_size_in_bytes": 100 + number,
        "image_pushed_at": TIME,
        "references": listed if is_index else (BLOBS[number], BLOBS[0]),
        "is_index": is_index,
        "subject_manifest_digest": IMAGES[0] if number in (2, 4) else None,
        "annotations": (("number", str(number)),) if number in (2, 4) else (),
        "signing_statuses": (ImageSigningStatus(signing_profile_arn=POLICY_ARN),) * (number % 2),
    }
    return Image(**{**found, **members})


def create_repository(registry: RegistryState, which: int, number: int, tag: int) -> None:
    name = REPOSITORIES[which]
    if name in registry.repositories:
        return
    filters = (ImageTagMutabilityExclusionFilter(filter_type="WILDCARD", filter="dev*"),)
    repository = a_repository(
        name,
        registry.next_sequence(),
        image_tag_mutability_exclusion_filters=filters if tag else None,
        resource_tags=(ResourceTag(key="number", value=str(number)),) * (number % 2),
    )
    registry.add(repository)


def delete_repository(registry: RegistryState, which: int, number: int, tag: int) -> None:
    if REPOSITORIES[which] in registry.repositories:
        registry.repositories.remove(REPOSITORIES[which])


def change_settings(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    mutability = ("MUTABLE", "IMMUTABLE")[number % 2]
    said = RepositoryCatalogData(description=str(number), architectures=("ARM",) * tag)
    changed = {"image_tag_mutability": mutability, "catalog_data": said if tag else None}
    state.change(replace(state.repository, **changed))


def change_lifecycle_policy(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    policy = {
        "lifecycle_policy_text": str(number),
        "lifecycle_policy_id": str(tag),
        "lifecycle_policy_evaluated_at": TIME if tag else None,
    }
    state.change(replace(state.repository, **policy))


def change_lifecycle_preview(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    result = LifecyclePolicyPreviewResult(
        image_tags=(TAGS[tag],) if tag else None,
        image_digest=IMAGES[number],
        image_pushed_at=TIME,
        action=LifecyclePolicyRuleAction(type="EXPIRE"),
        applied_rule_priority=number,
        storage_class="STANDARD",
    )
    preview = LifecyclePreview(preview_id=str(number), lifecycle_policy_text="{}")
    found = {
        "completed_at": TIME,
        "results": (result,) * tag,
        "summary": LifecyclePolicyPreviewSummary(expiring_image_total_count=tag),
    }
    state.change_lifecycle_preview(replace(preview, **found) if number else preview)


def put_untagged(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    if IMAGES[number] not in state.images:
        image = an_image(number, sequence=state.next_sequence())
        untagged = replace(image, untagged_sequence=state.next_sequence())
        state.images.put(image.image_digest, untagged)


def change_status(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    image = state.images.get(IMAGES[number])
    if image is not None:
        status = ("ACTIVE", "ARCHIVED", "ACTIVATING")[tag]
        state.images.put(image.image_digest, replace(image, image_status=status))


def put_tagged(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    name, present = TAGS[tag], state.image_of(TAGS[tag])
    if present == IMAGES[number]:
        return
    if present is not None and state.tags.count_of_image(present) == 1:
        left = replace(state.images.get(present), untagged_sequence=state.next_sequence())
        state.images.put(present, left)
    known = state.images.get(IMAGES[number])
    image = known or an_image(number, sequence=state.next_sequence())
    state.images.put(image.image_digest, replace(image, untagged_sequence=None))
    sequence = state.next_sequence()
    tagging = Tagging(image_tag=name, image_digest=image.image_digest, sequence=sequence)
    state.tags.put(name, tagging)


def remove_tag(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    digest = state.image_of(TAGS[tag])
    if digest is None:
        return
    state.tags.remove(TAGS[tag])
    if not state.tags.count_of_image(digest):
        state.images.remove(digest)


def remove_image(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    if IMAGES[number] not in state.images:
        return
    for name in state.tags.of_image(IMAGES[number]):
        state.tags.remove(name)
    state.images.remove(IMAGES[number])


def start_upload(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    upload_id = UPLOADS[number]
    if not any(upload_id in other.uploads for other in repositories_of(store)):
        state.uploads.put(upload_id, Upload(upload_id=upload_id, started_at=TIME))


def grow_upload(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    upload = state.uploads.get(UPLOADS[number])
    if upload is not None:
        grown = replace(upload, parts=upload.parts + 1, last_part_size=tag or None)
        state.uploads.put(upload.upload_id, grown)


def complete_upload(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    if UPLOADS[number] not in state.uploads:
        return
    content = store.blobs.incoming(UPLOADS[number])
    if not content.size:
        content.write(CONTENTS[tag])
    digest = store.blobs.adopt(content)
    state.blobs.put(digest, HeldBlob(digest=digest, size=content.size, held_since=TIME))
    state.uploads.remove(UPLOADS[number])


def cancel_upload(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    if UPLOADS[number] in state.uploads:
        state.uploads.remove(UPLOADS[number])


def name_blob(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    held = state.blobs.get(BLOBS[tag])
    if held is not None:
        state.blobs.put(held.digest, replace(held, media_type=f"example/{number}"))


def drop_blob(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    if BLOBS[tag] in state.blobs:
        state.blobs.remove(BLOBS[tag])


def findings(number: int, tag: int) -> dict[str, Any]:
    score = CvssScore(base_score=7.5 + number, scoring_vector="AV:N", version="3.1")
    details = PackageVulnerabilityDetails(vulnerability_id="CVE-2022-37434", cvss=(score,) * tag)
    enhanced = EnhancedFinding(severity="HIGH", score=7.0, package_vulnerability_details=details)
    named = (Attribute(key="package_name", value="zlib"), Attribute(key="empty"))
    basic = Finding(name=f"CVE-2022-{number}", severity="LOW", attributes=named)
    return {"findings": (basic,) * number, "enhanced_findings": (enhanced,) * tag}


def put_scans(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    found = ImageScanFindings(
        image_scan_completed_at=TIME,
        finding_severity_counts={"HIGH": tag} if tag else {},
        **findings(number, tag),
    )
    scan = Scan(scan_id=str(number), since=TIME, status="COMPLETE", findings=found if tag else None)
    digest = IMAGES[number]
    row = ImageScans(image_digest=digest, basic=scan, started=(TIME,) * number)
    state.scans.put(digest, replace(row, enhanced=scan) if tag else row)


def remove_scans(state: RepositoryState, store: Store, number: int, tag: int) -> None:
    if IMAGES[number] in state.scans:
        state.scans.remove(IMAGES[number])


def count_scan(registry: RegistryState, which: int, number: int, tag: int) -> None:
    registry.scan_starts.put(str(number), TIME.replace(second=tag))


def demand_findings(registry: RegistryState, which: int, number: int, tag: int) -> None:
    demand = FindingsOnDemand(image_tag=TAGS[tag], **findings(number, tag))
    registry.findings_on_demand.put(demand.key, demand)


def a_user(name: str, number: int = 0, tag: int = 0) -> User:
    return User(
        path="/team/" if tag else "/",
        name=name,
        unique_id=f"AIDA{number}",
        arn=f"arn:aws:iam::{ACCOUNT}:user/{name}",
        create_date=TIME,
        attached_policy_arns=(POLICY_ARN,) * tag,
        inline_policies=(InlinePolicy(policy_name="p", policy_document="{}"),) * tag,
        permissions_boundary=A_BOUNDARY if number else None,
        resource_tags=(ResourceTag(key="number", value=str(number)),) * tag,
        group_keys=("group",) * tag,
    )


def put_user(store: Store, which: int, number: int, tag: int) -> None:
    store.identities(ACCOUNT).users.save(a_user(USERS[which], number, tag))


def drop_user(store: Store, which: int, number: int, tag: int) -> None:
    users = store.identities(ACCOUNT).users
    if (user := users.find(USERS[which])) is not None:
        users.drop(user)


def put_group(store: Store, which: int, number: int, tag: int) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:group/Group"
    group = Group(name="Group", unique_id=f"AGPA{number}", arn=arn, create_date=TIME)
    store.identities(ACCOUNT).groups.save(group)


def put_role(store: Store, which: int, number: int, tag: int) -> None:
    role = Role(
        name="role",
        unique_id=f"AROA{number}",
        arn=f"arn:aws:iam::{ACCOUNT}:role/role",
        create_date=TIME,
        assume_role_policy_document="{}",
        description=str(number) if tag else None,
        max_session_duration=3600 + number,
    )
    store.identities(ACCOUNT).roles.save(role)


def put_policy(store: Store, which: int, number: int, tag: int) -> None:
    version = PolicyVersion(version_id="v1", document="{}", create_date=TIME)
    policy = ManagedPolicy(
        policy_name="policy",
        policy_id=f"ANPA{number}",
        arn=POLICY_ARN,
        create_date=TIME,
        update_date=TIME,
        versions=(version, *(replace(version, version_id="v2"),) * which),
        last_version=tag,
    )
    store.identities(ACCOUNT).policies.save(policy)


def put_key(store: Store, which: int, number: int, tag: int) -> None:
    used = AccessKeyLastUsed(last_used_date=TIME, service_name="ecr", region=REGION)
    key = UserKey(
        access_key_id=f"AKIA{number}",
        secret_access_key=str(tag),
        account=("111122223333", ACCOUNT)[which],
        user_name=USERS[which] if tag else None,
        create_date=TIME,
        access_key_last_used=used if tag else AccessKeyLastUsed(),
    )
    store.keys.put(key.access_key_id, key)


def remove_key(store: Store, which: int, number: int, tag: int) -> None:
    if f"AKIA{number}" in store.keys:
        store.keys.remove(f"AKIA{number}")


def put_session(store: Store, which: int, number: int, tag: int) -> None:
    account = ("111122223333", ACCOUNT)[which]
    arn = f"arn:aws:sts::{account}:assumed-role/role/session"
    session = Session(
        access_key_id=f"ASIA{number}",
        secret_access_key="secret",
        session_token="token",
        expiration=TIME,
        issued_at=TIME,
        caller=Caller(account=account, arn=arn, user_id="AROA:session"),
        principal_arn=f"arn:aws:iam::{account}:role/role",
        policies=("{}",) * tag,
        resource_tags=(ResourceTag(key="number", value=str(number)),) * tag,
        transitive_tag_keys=("number",) * tag,
        source_identity="alice" if tag else None,
        has_mfa=bool(tag),
    )
    store.sessions.put(session.access_key_id, session)


def a_profile(number: int = 0, tag: int = 0, **members: Any) -> SigningProfile:
    """Return a signing profile; one whose ``tag`` is not 0 has all that a profile can have."""
    name = f"profile_{number}"
    record = SigningProfileRevocationRecord(
        revocation_effective_from=TIME, revoked_at=TIME, revoked_by=POLICY_ARN
    )
    found = {
        "arn": f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/{name}",
        "profile_name": name,
        "profile_version": "abcdefghij",
        "platform_id": NOTATION,
        "revocation_record": record if tag else None,
        "resource_tags": (ResourceTag(key="number", value=str(number)),) * tag,
        "parameters": (SigningParameter(key="number", value=str(number)),) * tag,
        "created_at": TIME,
        "sequence": 1,
    }
    return SigningProfile(**{**found, **members})


def a_job(number: int = 0, tag: int = 0, **members: Any) -> SigningJob:
    """Return a signing job; one whose ``tag`` is not 0 is revoked."""
    profile, job_id = a_profile(), f"00000000-0000-4000-8000-00000000000{number}"
    record = SigningJobRevocationRecord(reason="key", revoked_at=TIME, revoked_by=POLICY_ARN)
    found = {
        "arn": f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-jobs/{job_id}",
        "job_id": job_id,
        "job_owner": ACCOUNT,
        "job_invoker": ACCOUNT,
        "requested_by": f"arn:aws:iam::{ACCOUNT}:root",
        "platform_id": NOTATION,
        "profile_name": profile.profile_name,
        "profile_version": profile.profile_version,
        "profile_version_arn": profile.profile_version_arn,
        "created_at": TIME,
        "signature_expires_at": TIME,
        "signed_digest": IMAGES[0],
        "certificate_hashes": ("ab" * 96,) * 2,
        "revocation_record": record if tag else None,
        "sequence": 1,
    }
    return SigningJob(**{**found, **members})


def put_profile(registry: RegistryState, which: int, number: int, tag: int) -> None:
    profile = registry.signer.profiles.get(f"profile_{number}")
    made = profile or a_profile(number, tag, sequence=registry.next_sequence())
    registry.signer.save_profile(replace(made, status=CANCELED) if which else made)


def put_job(registry: RegistryState, which: int, number: int, tag: int) -> None:
    job = a_job(number, tag)
    if job.job_id not in registry.signer.jobs:
        registry.signer.save_job(replace(job, sequence=registry.next_sequence()))


def drop_job(registry: RegistryState, which: int, number: int, tag: int) -> None:
    job = a_job(number, tag)
    if job.job_id in registry.signer.jobs:
        registry.signer.jobs.remove(job.job_id)


def put_alias(store: Store, which: int, number: int, tag: int) -> None:
    alias = PublicAlias(
        name=f"alias{number}",
        registry_id=("111122223333", ACCOUNT)[which],
        status=("ACTIVE", "PENDING", "REJECTED")[tag],
        primary_registry_alias=number == 1,
        default_registry_alias=number == 0,
    )
    store.public_aliases.put(alias.name, alias)


def remove_alias(store: Store, which: int, number: int, tag: int) -> None:
    if f"alias{number}" in store.public_aliases:
        store.public_aliases.remove(f"alias{number}")


IN_ACCOUNT: tuple[Callable[..., None], ...] = (
    put_alias,
    remove_alias,
    put_user,
    drop_user,
    put_group,
    put_role,
    put_policy,
    put_key,
    remove_key,
    put_session,
)
IN_REGISTRY: tuple[Callable[..., None], ...] = (
    create_repository,
    delete_repository,
    put_profile,
    put_job,
    drop_job,
    count_scan,
    demand_findings,
)
IN_REPOSITORY: tuple[Callable[..., None], ...] = (
    change_settings,
    change_lifecycle_policy,
    change_lifecycle_preview,
    put_untagged,
    put_tagged,
    change_status,
    remove_tag,
    remove_image,
    start_upload,
    grow_upload,
    complete_upload,
    cancel_upload,
    name_blob,
    drop_blob,
    put_scans,
    remove_scans,
)
Step = tuple[Callable[..., None], int, int, int]
FOUNDATION: list[Step] = [
    (create_repository, 0, 1, 1),
    (create_repository, 1, 0, 0),
    (start_upload, 0, 0, 0),
    (complete_upload, 0, 0, 0),
    (start_upload, 1, 1, 0),
    (complete_upload, 1, 1, 0),
    (start_upload, 0, 2, 0),
    (put_tagged, 0, 0, 0),
    (put_untagged, 0, 1, 0),
    (put_tagged, 0, 3, 1),
    (put_scans, 0, 3, 1),
    (count_scan, 0, 1, 1),
    (demand_findings, 0, 1, 1),
    (put_user, 0, 1, 1),
    (put_group, 0, 1, 0),
    (put_role, 0, 1, 1),
    (put_policy, 1, 1, 0),
    (put_key, 0, 1, 1),
    (put_session, 1, 1, 1),
    (put_profile, 1, 0, 1),
    (put_profile, 0, 1, 0),
    (put_job, 0, 0, 1),
    (put_alias, 1, 1, 0),
]
steps = st.lists(
    st.tuples(
        st.sampled_from(IN_REGISTRY + IN_ACCOUNT + IN_REPOSITORY * 3),
        st.integers(0, 1),
        st.integers(0, 4),
        st.integers(0, 2),
    ),
    max_size=30,
)


def the_registry(store: Store) -> RegistryState:
    return store.registry(ACCOUNT, REGION)


def repositories_of(store: Store) -> list[RepositoryState]:
    return list(the_registry(store).repositories.values())


def play(store: Store, changes: list[Step]) -> None:
    registry = the_registry(store)
    for action, which, number, tag in changes:
        if action in IN_ACCOUNT:
            action(store, which, number, tag)
        elif action in IN_REGISTRY:
            action(registry, which, number, tag)
        elif REPOSITORIES[which] in registry.repositories:
            action(registry.repository(REPOSITORIES[which]), store, number, tag)


def commit(store: Store) -> None:
    store.journal.commit()
    store.blobs.collect()


def rollback(store: Store) -> None:
    store.journal.rollback()
    store.blobs.collect()


def a_store(changes: list[Step] = FOUNDATION) -> Store:
    """Return a store in which these changes were made and are final."""
    store = Store()
    play(store, changes)
    commit(store)
    return store


def seen(store: Store) -> dict[str, Any]:
    """Return all that operations can see of the registry: the rows, and what is derived from them."""
    registry = the_registry(store)
    return {
        "last_sequence": registry.last_sequence,
        "order": list(registry.repositories.after(-1)),
        "repositories": {
            name: seen_repository(state) for name, state in registry.repositories.items()
        },
        "blobs": {digest: digest in store.blobs for digest in BLOBS},
        "signing profiles": list(registry.signer.profiles.after(-1)),
        "signing jobs": list(registry.signer.jobs.after(-1)),
        "scan starts": dict(registry.scan_starts.items()),
        "findings on demand": dict(registry.findings_on_demand.items()),
        **seen_identities(store),
    }


def seen_identities(store: Store) -> dict[str, Any]:
    identities = store.identities(ACCOUNT)
    tables = ("users", "groups", "roles", "policies")
    return {
        **{name: dict(getattr(identities, name).items()) for name in tables},
        "keys": dict(store.keys.items()),
        "sessions": dict(store.sessions.items()),
        "aliases": {
            account: (
                store.public_aliases.of_account(account),
                store.public_aliases.primary_of(account),
            )
            for account in (ACCOUNT, "111122223333")
        },
        "accounts of aliases": {
            name: store.public_aliases.account_of(name) for name in store.public_aliases
        },
        "groups of users": {
            name: identities.groups_of(user) for name, user in identities.users.items()
        },
    }


def seen_repository(state: RepositoryState) -> dict[str, Any]:
    images, tags = state.images, state.tags
    return {
        "repository": state.repository,
        "last_sequence": state.last_sequence,
        "lifecycle_preview": state.lifecycle_preview,
        "images": dict(images.items()),
        "tags": dict(tags.items()),
        "blobs": dict(state.blobs.items()),
        "uploads": dict(state.uploads.items()),
        "scans": dict(state.scans.items()),
        "image order": list(images.after(-1)),
        "untagged order": list(images.untagged_after(-1)),
        "tag order": list(tags.after(-1)),
        "used blobs": {digest: images.uses_blob(digest) for digest in BLOBS},
        "served blobs": {digest: images.serves_blob(digest) for digest in BLOBS},
        "referrers": {digest: list(images.referrers_after(digest, -1)) for digest in IMAGES},
        "subjects": {digest: images.has_referrers(digest) for digest in IMAGES},
        "indexes": {digest: set(images.indexes_of(digest)) for digest in IMAGES},
        "tags of image": {digest: set(tags.of_image(digest)) for digest in IMAGES},
        "tag counts": {digest: tags.count_of_image(digest) for digest in IMAGES},
    }
