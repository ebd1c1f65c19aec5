"""The AWS door: which service and operation a request is for, and in which protocol it is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.model import OperationModel

from ecrmock.backend import Backend
from ecrmock.frontends.aws import json_protocol, query_protocol, rest_json_protocol
from ecrmock.frontends.aws.calls import call_operation
from ecrmock.frontends.aws.service_models import operation_model
from ecrmock.frontends.aws.sigv4 import (
    CredentialScope,
    SignedRequest,
    credential_scope,
    signature_of,
)
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.values.authorization import AccessKey
from ecrmock.values.errors import (
    EcrError,
    InvalidActionError,
    SerializationError,
    UnknownOperationError,
)
from ecrmock.values.names import Region
from ecrmock.values.signatures import MissingAuthenticationTokenError

# A part of 20 MiB in base64 and a manifest of 4 MiB in JSON escapes both fit.
BODY_LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Signed:
    """A request whose signature is read only if somebody asks for the proof."""

    request: HttpRequest
    body: bytes
    service: str

    def check(self, secret: str, session_token: str | None, now: datetime) -> None:
        """Check the signature. Raises: the errors of signatures."""
        signature = signature_of(self.request)
        if signature is None:
            raise MissingAuthenticationTokenError(self.service)
        proof = SignedRequest(
            signature=signature, request=self.request, body=self.body, service=self.service
        )
        proof.check(secret, session_token, now)


@dataclass(frozen=True, slots=True)
class _Request:
    """What a request asks for, before anything of it is checked."""

    service: str
    operation: str
    unknown: EcrError  # what is said when the service has no such operation
    read: Callable[[OperationModel], dict[str, Any]]
    render_answer: Callable[[OperationModel, object, str], HttpResponse]
    render_error: Callable[[str, EcrError, str], HttpResponse]

    def refuse(self, error: EcrError, request_id: str) -> HttpResponse:
        """Return the response for an error, in the protocol of the request."""
        return self.render_error(self.service, error, request_id)


class AwsDoor:
    """Answers requests of AWS SDKs, the AWS CLI and Terraform."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def takes(self, request: HttpRequest) -> bool:
        """Tell whether a request is this door's: it has a target, a signature or a form."""
        return (
            "x-amz-target" in request.headers
            or credential_scope(request) is not None
            or (request.method == "POST" and request.path == "/")
            or "Action=" in request.query
        )

    def handle(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Answer a request. Raises: BodyError."""
        scope = credential_scope(request)
        body = request.read(BODY_LIMIT)
        if body is None:
            error = SerializationError(f"The request body is longer than {BODY_LIMIT} bytes")
            response = _asked(request, b"", scope).refuse(error, request_id)
            response.status, response.close = 413, True
            return response
        asked = _asked(request, body, scope)
        try:
            signed = _Signed(request, body, asked.service)
            return self._answer(asked, signed, scope, request_id)
        except EcrError as error:
            return asked.refuse(error, request_id)

    def fail(self, request: HttpRequest, error: EcrError, request_id: str) -> HttpResponse:
        """Answer a request that met a bug."""
        scope = credential_scope(request)
        if "x-amz-target" in request.headers:
            return json_protocol.render_error("ecr", error, request_id)
        if scope is not None and scope.service in rest_json_protocol.SERVICES:
            return rest_json_protocol.render_error(scope.service, error, request_id)
        return query_protocol.render_error("sts", error, request_id)

    def _access_key(self, signed: _Signed, scope: CredentialScope | None) -> AccessKey:
        """Return the key that signed a request, and its proof. Raises: IncompleteSignatureError."""
        if scope is not None:
            return AccessKey(scope.access_key_id, signed)
        if self._backend.dispatcher.identification.is_strict:
            signature_of(signed.request)  # says what is wrong with it
        return AccessKey(None)

    def _answer(
        self,
        asked: _Request,
        signed: _Signed,
        scope: CredentialScope | None,
        request_id: str,
    ) -> HttpResponse:
        model = operation_model(asked.service, asked.operation)
        if model is None:
            raise asked.unknown
        answer = call_operation(
            self._backend,
            model,
            asked.read,
            credentials=self._access_key(signed, scope),
            region=Region(scope.region) if scope else self._backend.settings.region,
            request_id=request_id,
            origin=signed.request.origin,
        )
        return asked.render_answer(model, answer, request_id)


def _asked(request: HttpRequest, body: bytes, scope: CredentialScope | None) -> _Request:
    return (
        _by_target(request, body)
        or _by_path(request, body, scope)
        or _by_action(request, body, scope)
    )


def _by_target(request: HttpRequest, body: bytes) -> _Request | None:
    target = request.headers.get("x-amz-target")
    if target is None:
        return None
    prefix, _, operation = target.partition(".")
    known = prefix in json_protocol.TARGETS
    return _json_request(json_protocol.TARGETS.get(prefix, "ecr"), operation if known else "", body)


def _json_request(service: str, operation: str, body: bytes) -> _Request:
    return _Request(
        service,
        operation,
        UnknownOperationError(),
        lambda model: json_protocol.read_parameters(model, body),
        json_protocol.render_answer,
        json_protocol.render_error,
    )


def _by_path(request: HttpRequest, body: bytes, scope: CredentialScope | None) -> _Request | None:
    if scope is None or scope.service not in rest_json_protocol.SERVICES:
        return None
    service, path = scope.service, request.path
    asked = rest_json_protocol.RestRequest(path, request.query, body)
    return _Request(
        service,
        rest_json_protocol.find_operation(service, request.method, path),
        UnknownOperationError(),
        lambda model: rest_json_protocol.read_parameters(model, asked),
        rest_json_protocol.render_answer,
        rest_json_protocol.render_error,
    )


def _by_action(request: HttpRequest, body: bytes, scope: CredentialScope | None) -> _Request:
    form = query_protocol.read_form(request, body)
    service = query_protocol.VERSIONS.get(form.get("Version", ""))
    if service is None and scope is not None and scope.service in query_protocol.VERSIONS.values():
        service = scope.service
    if service is None:  # neither a target nor a known version: answered as an unknown JSON request
        return _json_request("ecr", "", body)
    action = form.get("Action", "")
    return _Request(
        service,
        action,
        InvalidActionError(action, form.get("Version", "")),
        lambda model: query_protocol.read_parameters(model, form),
        query_protocol.render_answer,
        query_protocol.render_error,
    )
