"""An order to sign something."""

from datetime import UTC, datetime

from ecrmock.values.signer import NOTATION, SigningProfile
from ecrmock.values.signing import SigningOrder

SIGNED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ORDER = SigningOrder(
    job_id="00000000-0000-4000-8000-000000000007",
    media_type="application/vnd.oci.image.manifest.v1+json",
    digest="sha256:" + "ab" * 32,
    size=398,
    profile=SigningProfile(
        arn="arn:aws:signer:eu-west-1:123456789012:/signing-profiles/prod",
        profile_name="prod",
        profile_version="abcdefghij",
        platform_id=NOTATION,
        created_at=SIGNED_AT,
        sequence=1,
    ),
    signed_at=SIGNED_AT,
    expires_at=datetime(2037, 4, 2, 3, 4, 5, tzinfo=UTC),
)
