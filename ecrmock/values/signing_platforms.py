"""The signing platforms of AWS Signer: for what it signs, and how.

Source: AWS CLI, examples of ``signer list-signing-platforms`` (those of devices, which were all there were
then); AWS Signer Developer Guide, "Create a Signer signing profile" (names of the others). What is not known
of a platform is left out.
"""

from dataclasses import dataclass

from ecrmock.values.signer import LAMBDA, NOTATION, PLATFORM_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmOptions:
    """Which algorithms there are for something, and which one is taken."""

    allowed_values: tuple[str, ...]
    default_value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningConfiguration:
    """The algorithms of a platform."""

    encryption_algorithm_options: AlgorithmOptions
    hash_algorithm_options: AlgorithmOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningImageFormat:
    """The forms that a signed object can have."""

    supported_formats: tuple[str, ...]
    default_format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPlatform:
    """A platform (API shape ``SigningPlatform``)."""

    platform_id: str
    sequence: int  # the place in listings
    partner: str | None = None
    target: str | None = None
    category: str | None = "AWS"
    signing_configuration: SigningConfiguration | None = None
    signing_image_format: SigningImageFormat | None = None
    max_size_in_mb: int | None = None
    revocation_supported: bool = False

    @property
    def display_name(self) -> str:
        """The name for people."""
        return PLATFORM_NAMES[self.platform_id]

    @property
    def signs_with_own_certificate(self) -> bool:
        """Whether AWS Signer has the certificate itself; for devices its user brings one."""
        return self.platform_id in (NOTATION, LAMBDA)


def _only(value: str) -> AlgorithmOptions:
    return AlgorithmOptions(allowed_values=(value,), default_value=value)


def _algorithms(encryption: str, hashing: str) -> SigningConfiguration:
    return SigningConfiguration(
        encryption_algorithm_options=_only(encryption), hash_algorithm_options=_only(hashing)
    )


def _format(name: str) -> SigningImageFormat:
    return SigningImageFormat(supported_formats=(name,), default_format=name)


SIGNING_PLATFORMS = (
    SigningPlatform(
        platform_id="AWSIoTDeviceManagement-SHA256-ECDSA",
        sequence=1,
        partner="AWSIoTDeviceManagement",
        target="SHA256-ECDSA",
        signing_configuration=_algorithms("ECDSA", "SHA256"),
        signing_image_format=_format("JSONDetached"),
        max_size_in_mb=2048,
    ),
    SigningPlatform(
        platform_id="AmazonFreeRTOS-TI-CC3220SF",
        sequence=2,
        partner="AmazonFreeRTOS",
        target="SHA1-RSA-TISHA1",
        signing_configuration=_algorithms("RSA", "SHA1"),
        signing_image_format=_format("JSONEmbedded"),
        max_size_in_mb=16,
    ),
    SigningPlatform(
        platform_id="AmazonFreeRTOS-Default",
        sequence=3,
        partner="AmazonFreeRTOS",
        target="SHA256-ECDSA",
        signing_configuration=_algorithms("ECDSA", "SHA256"),
        signing_image_format=_format("JSONEmbedded"),
        max_size_in_mb=16,
    ),
    SigningPlatform(
        platform_id=LAMBDA,
        sequence=4,
        category=None,
        revocation_supported=True,
    ),
    SigningPlatform(
        platform_id=NOTATION,
        sequence=5,
        category=None,
        revocation_supported=True,
    ),
)


def find_platform(platform_id: str) -> SigningPlatform | None:
    """Return the platform of an id; None when there is none."""
    found = (each for each in SIGNING_PLATFORMS if each.platform_id == platform_id)
    return next(found, None)
