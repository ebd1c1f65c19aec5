"""What the names of referrers are made of. Source: reference registry.md §12.1."""

import pytest

from ecrmock.values.referrers import fallback_tag


@pytest.mark.parametrize(
    ("subject", "tag"),
    [
        ("sha256:" + "ab" * 32, "sha256-" + "ab" * 32),
        ("sha512:" + "ab" * 64, "sha512-" + "ab" * 32),
        ("a" * 40 + ":ab", "a" * 32 + "-ab"),
    ],
)
def test_a_tag_stands_for_what_a_registry_does_not_list(subject: str, tag: str) -> None:
    """Source: OCI distribution spec, "referrers tag schema": cut at 32 and 64 characters."""
    assert fallback_tag(subject) == tag
