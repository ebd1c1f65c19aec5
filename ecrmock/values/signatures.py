"""The errors of signatures and of the keys that make them. Source: reference iam.md §2.2, §2.3.

JSON services say them with status 400 and ``Exception`` in their codes, query services with 403, and
signer with those codes and that status (inferred).
"""

from ecrmock.values.errors import EcrError


class MissingAuthenticationTokenError(EcrError):
    """A request is not signed. Its text differs by service."""

    code = "MissingAuthenticationTokenException"
    query_code, query_status = "MissingAuthenticationToken", 403
    rest_status = 403

    def __init__(self, service: str) -> None:
        is_query = service in ("iam", "sts")
        super().__init__(
            "Request is missing Authentication Token"
            if is_query
            else "Missing Authentication Token"
        )


class IncompleteSignatureError(EcrError):
    """The signature of a request cannot be read, or lacks a part."""

    code = "IncompleteSignatureException"
    query_code, query_status = "IncompleteSignature", 403
    rest_status = 403


class UnrecognizedClientError(EcrError):
    """The key is unknown or inactive, or its session token is missing or another one's."""

    code = "UnrecognizedClientException"
    query_code, query_status = "InvalidClientTokenId", 403
    rest_status = 403

    def __init__(self) -> None:
        super().__init__("The security token included in the request is invalid.")


class ExpiredCredentialsError(EcrError):
    """The session of temporary credentials is over."""

    code = "ExpiredTokenException"
    query_code, query_status = "ExpiredToken", 403
    rest_status = 403

    def __init__(self) -> None:
        super().__init__("The security token included in the request is expired")


class InvalidSignatureError(EcrError):
    """The signature is not of this request, secret, time or scope; without a text it is the first two."""

    code = "InvalidSignatureException"
    query_code, query_status = "SignatureDoesNotMatch", 403
    rest_status = 403

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or (
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method. "
                "Consult the service documentation for details."
            )
        )
