import pytest

from ecrmock.values.settings import Quotas, Settings


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("repositories", 100_000),
        ("images_per_repository", 100_000),
        ("tags_per_image", 1_000),
        ("layers_per_image", 500),
        ("resource_tags", 50),
    ],
)
def test_quotas_are_those_of_the_user_guide(quota: str, expected: int) -> None:
    """Source: reference api.md §21."""
    assert getattr(Quotas(), quota) == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("account", "123456789012"), ("region", "us-east-1"), ("uri_style", "aws")],
)
def test_without_settings_addresses_read_as_aws_prints_them(setting: str, expected: str) -> None:
    """Source: DESIGN.md section 3."""
    assert getattr(Settings(), setting) == expected


def test_without_settings_a_manifest_needs_its_layers() -> None:
    """Faithful is the default, convenient an option."""
    assert Settings().require_layers


def test_without_settings_the_registry_door_needs_credentials() -> None:
    assert not Settings().anonymous


def test_without_settings_the_registry_answers_as_ecr_does() -> None:
    assert (Settings().registry_mode, Settings().redirect_blobs) == ("ecr", False)


@pytest.mark.parametrize(
    ("mode", "expected"), [("ecr", ("sha256",)), ("oci", ("sha256", "sha512"))]
)
def test_a_mode_says_which_digests_there_are(mode: str, expected: tuple[str, ...]) -> None:
    """Source: reference registry.md §19."""
    assert Settings(registry_mode=mode).data_rules.digest_algorithms == expected
