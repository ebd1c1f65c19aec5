"""What follows from a call, begun in its own unit of work: copies, signatures, scans, lifecycle runs, roles.

What it sets off is done later, by an event that is due then (``reactions/``). An operation calls these
where it saves. Source: DESIGN.md section 4, "Work that AWS does later".
"""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ecrmock.operations.operation import Context
from ecrmock.values.events import LifecycleRunDue, ReplicationDue, ScanDue, SigningDue, SubjectLeft
from ecrmock.values.names import Digest, RepositoryName, Tag
from ecrmock.values.replication import REPLICATION_SERVICE

if TYPE_CHECKING:
    from ecrmock.rules.scans import ScanView, Start
    from ecrmock.store.repository import RepositoryState
    from ecrmock.values.iam import Role
    from ecrmock.values.images import Image
    from ecrmock.values.manifests import Manifest
    from ecrmock.values.scans import ImageScans


def plan_lifecycle_run(
    context: Context, name: RepositoryName, due_at: datetime | None = None
) -> None:
    """Have the lifecycle policy of a repository evaluated at a time, a day from now without one."""
    due_at = due_at or context.now + context.settings.lifecycle_interval
    policy_id = context.registry.repository(name).repository.lifecycle_policy_id or ""
    context.publish_at(
        due_at, context.event(LifecycleRunDue, name, policy_id=policy_id, due_at=due_at)
    )


def replicated(context: Context, name: RepositoryName, image: "Image", tag: Tag | None) -> "Image":
    """Return an image with the copies of it that begin now, and have them made.

    What comes in as a copy itself goes no further. Source: reference features.md §3.2.
    """
    configuration = context.registry.settings.replication_configuration
    if not configuration.rules or context.caller.arn == REPLICATION_SERVICE:
        return image
    from ecrmock.rules.replication import begun, destinations  # noqa: PLC0415 - loaded when needed

    targets = destinations(configuration, name)
    for target in targets:
        due = context.event(
            ReplicationDue,
            name,
            image_digest=image.image_digest,
            image_tag=tag,
            destination_account=target.registry_id,
            destination_region=target.region,
        )
        context.publish_at(context.now + context.settings.delay, due)
    return replace(image, replication_statuses=begun(targets))


def link_role(context: Context, service: str) -> None:
    """Have a service of ECR's get its role in the account, on the first use of what takes it.

    Source: reference iam.md §11.2.
    """
    from ecrmock.rules.service_linked_roles import role_name_of  # noqa: PLC0415 - loaded when needed

    roles = context.identities.roles
    if roles.find(role_name_of(service) or "") is None:
        roles.save(linked_role(context, service))


def linked_role(context: Context, service: str, description: str | None = None) -> "Role":
    """Return a new role of a service for the account; it is not saved. Raises: InvalidInputError."""
    from ecrmock.rules.access_keys import ROLE_ID, unique_id  # noqa: PLC0415 - loaded when needed
    from ecrmock.rules.service_linked_roles import service_linked_role  # noqa: PLC0415

    return service_linked_role(
        service,
        partition=context.partition,
        account=context.account,
        unique_id=unique_id(ROLE_ID, context.world.ids.bits),
        now=context.now,
        description=description,
    )


def signed(context: Context, name: RepositoryName, image: "Image", manifest: "Manifest") -> "Image":
    """Return an image with the signatures of it that begin now, and have them made.

    A copy comes with its signatures, and these are not signed. Source: reference features.md §3.2, §6.
    """
    configuration = context.registry.settings.signing_configuration
    if configuration is None or context.caller.arn == REPLICATION_SERVICE:
        return image
    from ecrmock.rules.signing import begun, is_signature, profiles_for  # noqa: PLC0415

    if is_signature(manifest):
        return image
    statuses, wanted = begun(image.signing_statuses, profiles_for(configuration, name))
    for arn in wanted:
        due = context.event(
            SigningDue,
            name,
            image_digest=image.image_digest,
            signing_profile_arn=arn,
            job_id=context.world.ids.uuid(),
            job_invoker=context.caller.account,
            requested_by=context.caller.arn,
            refusal=context.refusal and context.refusal("signer:SignPayload", arn),
        )
        context.publish_at(context.now + context.settings.delay, due)
    return replace(image, signing_statuses=statuses)


def scan_on_push(
    context: Context, state: "RepositoryState", image: "Image", *, is_back: bool = False
) -> None:
    """Have an image scanned that came in, if the registry's rules or the repository's flag want it.

    ``is_back``: it was in the archive, and what was found before is forgotten. It saves, so it comes last.
    Source: reference features.md §1.1, §2.3, §7.1.
    """
    configuration = context.registry.settings.scanning_configuration
    flag = state.repository.image_scanning_configuration.scan_on_push
    known = state.scans.get(image.image_digest)
    if known is None and not configuration.rules and not flag:
        return
    from ecrmock.rules.scans import after_push, without_findings  # noqa: PLC0415
    from ecrmock.values.scans import ImageScans  # noqa: PLC0415

    before = known or ImageScans(image_digest=image.image_digest)
    kept = without_findings(before) if is_back else before
    after = after_push(kept, image, scan_view(context, state), scan_start(context))
    save_scans(context, state, before, after)


def scan_view(context: Context, state: "RepositoryState") -> "ScanView":
    """Return how and when the scans of a repository are looked at."""
    from ecrmock.rules.scanning import scanning_of  # noqa: PLC0415 - loaded when needed
    from ecrmock.rules.scans import ScanView  # noqa: PLC0415

    configuration = context.registry.settings.scanning_configuration
    frequency = scanning_of(configuration, state.repository).scan_frequency
    return ScanView(configuration.scan_type, frequency, context.settings, context.now)


def scan_start(context: Context) -> "Start":
    """Return the scan that could begin now."""
    from ecrmock.rules.scans import DAY, Start  # noqa: PLC0415 - loaded when needed

    quotas = context.settings.quotas
    return Start(
        scan_id=context.world.ids.uuid(),
        now=context.now,
        per_image=quotas.scans_per_image,
        is_quota_used=context.registry.has_scanned(quotas.scans, since=context.now - DAY),
    )


def save_scans(
    context: Context, state: "RepositoryState", before: "ImageScans", after: "ImageScans"
) -> None:
    """Save the scans of an image, and have those done that have begun."""
    if after == before:
        return
    from ecrmock.rules.scans import DAY, begun  # noqa: PLC0415 - loaded when needed

    state.scans.put(after.image_digest, after)
    for scan in begun(before, after):
        if scan is after.basic:
            most = context.settings.quotas.scans
            context.registry.count_scan(
                scan.scan_id, context.now, since=context.now - DAY, most=most
            )
        plan_scan(
            context, state, after.image_digest, scan.scan_id, context.now + context.settings.delay
        )


def plan_scan(
    context: Context, state: "RepositoryState", digest: Digest, scan_id: str, due_at: datetime
) -> None:
    """Have an image scanned at a time, unless another scan has taken the place of this one by then."""
    name = state.repository.repository_name
    due = context.event(ScanDue, name, image_digest=digest, scan_id=scan_id)
    context.publish_at(due_at, due)


def let_referrers_follow(context: Context, state: "RepositoryState", subject: Digest) -> None:
    """Have the referrers of an image that was deleted or archived follow it within a day.

    Source: reference api.md §5.7.
    """
    if state.images.has_referrers(subject):
        name = state.repository.repository_name
        left = context.event(SubjectLeft, name, subject_digest=subject)
        context.publish_at(context.now + context.settings.referrer_delay, left)
