"""EcrError, and the errors of no single capability.

An error is described once, for every door: its AWS code and HTTP status, those of iam and sts where they
differ (reference iam.md §2.3), those of signer where they do (its service model), and the code and status of
the registry door (reference registry.md §3.4). Extra members of the AWS shape are attributes of the
exception, named as in the model but in snake_case.
Doors render errors and add nothing.
"""

from typing import ClassVar

_QUERY_SERVICES = frozenset({"iam", "sts"})
_REST_SERVICES = frozenset({"signer"})


class EcrError(Exception):
    """Something the caller is told about: a code of the service model and a text."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    query_code: ClassVar[str] = ""  # in answers of iam and sts; empty and 0 say: no other one
    query_status: ClassVar[int] = 0
    rest_code: ClassVar[str] = ""  # in answers of signer, in the same way
    rest_status: ClassVar[int] = 0
    oci_code: ClassVar[str] = "UNSUPPORTED"
    oci_status: ClassVar[int] = 405

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @classmethod
    def code_in(cls, service: str) -> str:
        """Return the code by which a service says it."""
        if service in _QUERY_SERVICES:
            return cls.query_code or cls.code
        return (cls.rest_code or cls.code) if service in _REST_SERVICES else cls.code

    @classmethod
    def status_in(cls, service: str) -> int:
        """Return the HTTP status with which a service says it."""
        if service in _QUERY_SERVICES:
            return cls.query_status or cls.status
        return (cls.rest_status or cls.status) if service in _REST_SERVICES else cls.status


class InvalidParameterError(EcrError):
    """A constraint on a member of the request is violated. Source: reference api.md §3.2."""

    code = "InvalidParameterException"

    def __init__(self, field: str, constraint: str) -> None:
        self.field, self.constraint = field, constraint
        super().__init__(
            f"Invalid parameter at '{field}' failed to satisfy constraint: '{constraint}'"
        )


class LimitExceededError(EcrError):
    """A quota is used up; the text names it. Source: reference api.md §21."""

    code = "LimitExceededException"
    oci_code, oci_status = "DENIED", 403


class AccessDeniedError(EcrError):
    """The caller may not do this. Source: reference iam.md §7."""

    code = "AccessDeniedException"
    query_code, query_status = "AccessDenied", 403
    rest_status = 403
    oci_code, oci_status = "DENIED", 403


class WebPageError(AccessDeniedError):
    """A web page asks, which may drive no emulator on the machine of who looks at it."""

    status = 403


class SerializationError(EcrError):
    """The body is not JSON, or a member has the wrong type. Source: reference api.md §2.5.

    Inferred: the code in iam and sts.
    """

    code = "SerializationException"
    query_code = "MalformedInput"


class ValidationError(EcrError):
    """A request to iam, sts or signer violates a constraint.

    Source: reference iam.md §12.2, §13.2; service model of signer.
    """

    code = "ValidationError"
    rest_code = "ValidationException"


class UnknownOperationError(EcrError):
    """The request names no operation of the service. Source: reference api.md §2.5.

    Inferred: the status in signer, whose operations are told by methods and paths.
    """

    code = "UnknownOperationException"
    rest_status = 404

    def __init__(self) -> None:
        super().__init__("")


class InvalidActionError(EcrError):
    """A query request names no operation of its service. Source: reference iam.md §2.3."""

    code = "InvalidAction"

    def __init__(self, action: str, version: str) -> None:
        super().__init__(f"Could not find operation {action} for version {version}")


class OperationNotImplementedError(EcrError):
    """The operation exists at AWS, and ecrmock does not have it yet. Never an empty success instead."""

    code = "NotImplementedException"
    status = 501  # no SDK retries it, and no operation of AWS answers with it

    def __init__(self, service: str, operation: str) -> None:
        super().__init__(
            f"ecrmock does not implement {service}:{operation} yet. "
            "What it does implement is listed in docs/parity.md."
        )


class ServerError(EcrError):
    """ecrmock has a bug: something failed that is not the caller's fault."""

    code = "ServerException"
    status = 500
    query_code = "InternalFailure"
    rest_code = "InternalServiceErrorException"
    oci_code, oci_status = "UNKNOWN", 500

    def __init__(self) -> None:
        super().__init__("These errors are usually caused by a server-side issue.")


class ConnectionDroppedError(Exception):
    """A connection is to be closed without an answer, as a fault asks; there is nothing to render."""

    code: ClassVar[str] = "ConnectionDropped"  # in the record of the call

    def code_in(self, service: str) -> str:  # noqa: ARG002 - the same in every service
        """Return the code by which the record says it."""
        return self.code


class MissingExtraError(Exception):
    """A feature needs packages that are not installed; the text says how to install them."""


class ListenError(OSError):
    """A port that cannot be had; ``port`` says which."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        super().__init__(error.errno, error.strerror or str(error))
        self.host, self.port = host, port


class DataFolderError(Exception):
    """A data folder cannot be used; the text names the file, and says what can be done."""
