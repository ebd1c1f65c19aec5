"""Who signed a request, and whether it was with the secret. Source: reference iam.md §2.

What is signed here is signed by botocore, but for the vectors that AWS publishes.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import assume, given
from hypothesis import strategies as st

from ecrmock.frontends.aws.sigv4 import (
    CredentialScope,
    SignedRequest,
    check,
    credential_scope,
    signature_of,
)
from ecrmock.frontends.http import BytesBody, HttpRequest
from ecrmock.values.signatures import (
    IncompleteSignatureError,
    InvalidSignatureError,
    UnrecognizedClientError,
)
from tests.frontends.aws.conftest import scope

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details."
)
TARGET = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories",
}


def of_header(text: str) -> CredentialScope | None:
    return credential_scope(HttpRequest(method="POST", path="/", headers={"authorization": text}))


def of_query(text: str) -> CredentialScope | None:
    return credential_scope(HttpRequest(method="GET", path="/", query=text))


def received(request: AWSRequest) -> HttpRequest:
    """Return what a server gets of a request that botocore signed."""
    parts = urlsplit(request.url)
    body = request.body or b""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return HttpRequest(
        method=request.method,
        path=parts.path,
        query=parts.query,
        headers={"host": parts.netloc, **headers},
        body=BytesBody(body.encode() if isinstance(body, str) else body),
    )


def signed(
    service: str = "ecr",
    url: str = "http://localhost:5000/",
    *,
    method: str = "POST",
    data: bytes = b"{}",
    token: str | None = None,
    auth: type = SigV4Auth,
    **headers: str,
) -> HttpRequest:
    """Return a request as botocore signs it, in its header or by ``auth`` in its query."""
    request = AWSRequest(method=method, url=url, data=data, headers={**TARGET, **headers})
    auth(Credentials(KEY, SECRET, token), service, "us-east-1").add_auth(request)
    return received(request)


def presigned(url: str = "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity"):
    request = AWSRequest(method="GET", url=url)
    SigV4QueryAuth(Credentials(KEY, SECRET, None), "sts", "us-east-1", expires=60).add_auth(request)
    return received(request)


def time_of(request: HttpRequest) -> datetime:
    timestamp = request.headers.get("x-amz-date") or request.query_parameters()["X-Amz-Date"]
    return datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def verify(
    request: HttpRequest,
    secret: str = SECRET,
    *,
    service: str = "ecr",
    region: str | None = None,
    now: datetime | None = None,
) -> None:
    found = signature_of(request)
    assert found is not None
    body = request.read(10_000)
    time = now or time_of(request)
    check(found, request, body, secret, now=time, service=service, region=region)


def refusal(request: HttpRequest, *arguments: str, **settings) -> str:
    with pytest.raises(InvalidSignatureError) as caught:
        verify(request, *arguments, **settings)
    return caught.value.message


def with_headers(request: HttpRequest, **changes: str) -> HttpRequest:
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    return replace(request, headers={**request.headers, **named})


# The scope, which routing reads


def test_the_header_names_key_region_and_service():
    found = of_header(scope("AKID", "eu-west-1", "ecr"))
    assert found == CredentialScope("AKID", "eu-west-1", "ecr")


def test_blanks_between_the_parts_of_the_header_do_not_matter():
    text = scope("AKID").replace(", ", ",").replace("HMAC-SHA256 ", "HMAC-SHA256  ")
    assert of_header(text) == CredentialScope("AKID", "us-east-1", "ecr")


@pytest.mark.parametrize("slash", ["%2F", "%2f", "/"])
def test_a_presigned_query_names_key_region_and_service(slash):
    credential = slash.join(["AKID", "20260102", "us-east-1", "sts", "aws4_request"])
    found = of_query(f"Action=A&X-Amz-Credential={credential}&X-Amz-Signature=00")
    assert found == CredentialScope("AKID", "us-east-1", "sts")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Basic QVdTOng=",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=AKID, Signature=00",
        "AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/ecr, Signature=00",
        "AWS4-HMAC-SHA256 Credential=AKID/today/us-east-1/ecr/aws4_request",
        "AWS4-HMAC-SHA256 Credential=/20260102/us-east-1/ecr/aws4_request",
    ],
)
def test_a_header_that_is_no_signature_has_no_scope(text):
    assert of_header(text) is None


@pytest.mark.parametrize("text", ["", "X-Amz-Credential=", "X-Amz-Credential=AKID", "a=b"])
def test_a_query_that_is_no_signature_has_no_scope(text):
    assert of_query(text) is None


# What a signature says


def test_a_signature_in_the_header_is_read():
    request = signed(token="session token")
    found = signature_of(request)
    assert (found.access_key_id, found.security_token) == (KEY, "session token")
    assert found.scope == f"{found.timestamp[:8]}/us-east-1/ecr/aws4_request"
    names = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
    assert ";".join(found.signed_headers) == names


def test_a_signature_in_the_query_is_read():
    found = signature_of(presigned())
    assert (found.access_key_id, found.signed_headers) == (KEY, ("host",))


def test_a_request_without_any_has_none():
    assert signature_of(HttpRequest(method="POST", path="/", query="Action=A")) is None


DATED = {"x-amz-date": "20260102T030405Z"}
CREDENTIAL = f"Credential={KEY}/20260102/us-east-1/ecr/aws4_request"
NEEDS = "Authorization header requires"


def incomplete(authorization: str, headers: dict[str, str] = DATED) -> str:
    request = HttpRequest(
        method="POST", path="/", headers={**headers, "authorization": authorization}
    )
    with pytest.raises(IncompleteSignatureError) as caught:
        signature_of(request)
    return caught.value.message


def test_all_that_a_header_lacks_is_told():
    """Source: reference iam.md §2.3."""
    assert incomplete("AWS4-HMAC-SHA256 Extra=1", {}) == (
        f"{NEEDS} 'Credential' parameter. {NEEDS} 'Signature' parameter. "
        f"{NEEDS} 'SignedHeaders' parameter. "
        f"{NEEDS} existence of either a 'X-Amz-Date' or a 'Date' header. "
        "Authorization=AWS4-HMAC-SHA256 Extra=1"
    )


@pytest.mark.parametrize("part", ["Credential", "Signature", "SignedHeaders"])
def test_an_empty_or_missing_part_is_told(part):
    parts = {"Credential": CREDENTIAL[11:], "SignedHeaders": "host", "Signature": "00", part: ""}
    header = "AWS4-HMAC-SHA256 " + ", ".join(f"{name}={text}" for name, text in parts.items())
    assert incomplete(header) == f"{NEEDS} '{part}' parameter. Authorization={header}"


def test_a_piece_without_an_equal_sign_is_told():
    """Source: reference iam.md §2.3."""
    assert incomplete("Bearer abc") == (
        "'abc' not a valid key=value pair (missing equal-sign) "
        "in Authorization header: 'Bearer abc'."
    )


@pytest.mark.parametrize("algorithm", ["AWS4-HMAC-SHA512", "AWS4-ECDSA-P256-SHA256", "Basic"])
def test_another_algorithm_is_told(algorithm):
    """Source: reference iam.md §2.3."""
    header = f"{algorithm} {CREDENTIAL}, SignedHeaders=host, Signature=00"
    assert incomplete(header) == f"Unsupported AWS 'algorithm': '{algorithm}'"


@pytest.mark.parametrize("credential", ["AKID", "a/b/c/d", "a/b/c/d/e/f", "a//c/d/e"])
def test_a_credential_has_five_parts(credential):
    header = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00"
    assert "5 slash-delimited elements" in incomplete(header)


@pytest.mark.parametrize("date", ["20260102", "2026-01-02T03:04:05Z", "20261302T030405Z", "", "x"])
def test_a_date_of_another_form_is_told(date):
    """Source: reference iam.md §2.3."""
    header = f"AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=host, Signature=00"
    message = incomplete(header, {"x-amz-date": date})
    assert message.startswith(f"Date must be in ISO-8601 'basic format'. Got '{date}'. ")


def test_a_date_header_has_the_form_of_http():
    header = f"AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=date;host, Signature=00"
    headers = {"date": "Fri, 02 Jan 2026 04:04:05 +0100", "authorization": header}
    found = signature_of(HttpRequest(method="POST", path="/", headers=headers))
    assert found.timestamp == "20260102T030405Z"


@pytest.mark.parametrize(
    "query", ["X-Amz-Signature=00", "X-Amz-Credential=AKID", "X-Amz-Algorithm=AWS4-HMAC-SHA256"]
)
def test_a_presigned_query_that_lacks_a_part_is_incomplete(query):
    with pytest.raises(IncompleteSignatureError, match="must include 'X-Amz-Date'"):
        signature_of(HttpRequest(method="GET", path="/", query=query))


def test_a_presigned_query_of_another_algorithm_is_told():
    request = presigned()
    other = replace(request, query=request.query.replace("HMAC-SHA256", "HMAC-SHA512"))
    with pytest.raises(IncompleteSignatureError, match="Unsupported AWS 'algorithm'"):
        signature_of(other)


# AWS's published vectors: the test suite of Signature Version 4, and the example of ListUsers

VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VECTORS = [
    ("GET", "/", "", {}, b"", VANILLA),
    ("GET", "/./", "", {}, b"", VANILLA),
    ("GET", "/example1/example2/../..", "", {}, b"", VANILLA),
    (
        *("POST", "/", "", {}, b""),
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ),
    (
        *("GET", "/", "Param2=value2&Param1=value1", {}, b""),
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    (
        *("GET", "/ሴ", "", {}, b""),
        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    ),
    (
        *("GET", "/", "ሴ=bar", {}, b""),
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ),
    (
        *("GET", "/example space/", "", {}, b""),
        "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
    ),
    (
        *("GET", f"/{UNRESERVED}", "", {}, b""),
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ),
    (
        *("POST", "/", "", {"content-type": "application/x-www-form-urlencoded"}),
        *(b"Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ),
    (
        *("GET", "/", "", {"my-header1": " value1", "my-header2": ' "a   b   c"'}, b""),
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
]
VECTOR_TIME = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)


def vector(parts: tuple, service: str = "service") -> HttpRequest:
    method, path, query, headers, body, signature = parts
    sent = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z", **headers}
    sent["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={KEY}/20150830/us-east-1/{service}/aws4_request, "
        f"SignedHeaders={';'.join(sorted(sent))}, Signature={signature}"
    )
    path, query = (part.encode().decode("latin-1") for part in (path, query))
    return HttpRequest(method=method, path=path, query=query, headers=sent, body=BytesBody(body))


@pytest.mark.parametrize("parts", VECTORS)
def test_the_published_vectors_verify(parts):
    verify(vector(parts), service="service", now=VECTOR_TIME)


@pytest.mark.parametrize("parts", VECTORS)
def test_the_published_vectors_do_not_verify_by_another_secret(parts):
    assert refusal(vector(parts), "other", service="service", now=VECTOR_TIME) == MISMATCH


def test_the_published_example_of_iam_verifies():
    """Source: IAM User Guide, "Create a signed AWS API request"."""
    headers = {
        "host": "iam.amazonaws.com",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    }
    signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    query = "Action=ListUsers&Version=2010-05-08"
    request = vector(("GET", "/", query, headers, b"", signature), "iam")
    verify(request, service="iam", now=VECTOR_TIME)


# What botocore signs


@pytest.mark.parametrize("service", ["ecr", "ecr-public", "sts", "iam", "signer"])
def test_what_botocore_signs_verifies(service):
    verify(signed(service), service=service)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:5000",
        "http://localhost/a/../b//c/./d/",
        "http://localhost/ü/a%20b/a b",
        "http://localhost/?b=2&a=1&a=0&c&d=",
        "http://localhost/tags/arn%3Aaws%3Asigner%3A%2Fsigning-profiles%2Fa?tagKeys=a&tagKeys=b",
        "http://localhost/?a=%7E&b=x+y&c=%2f&d=%2F&%41=1",
        "https://api.ecr.eu-west-1.amazonaws.com/",
    ],
)
def test_any_address_that_botocore_signs_verifies(url):
    request = signed(url=url)
    wire = {name: getattr(request, name).encode().decode("latin-1") for name in ("path", "query")}
    verify(replace(request, **wire))


def test_a_presigned_request_verifies():
    verify(presigned(), service="sts")


def test_a_presigned_request_is_good_for_fifteen_minutes_whatever_it_says():
    """Tokens for EKS say 60 seconds and live longer. Source: reference iam.md §2.4."""
    request = presigned()
    verify(request, service="sts", now=time_of(request) + timedelta(minutes=15))
    late = time_of(request) + timedelta(minutes=15, seconds=1)
    assert refusal(request, service="sts", now=late).startswith("Signature expired: ")


def test_the_date_header_may_stand_in_for_amazons():
    request = signed(Date="Fri, 02 Jan 2026 03:04:05 GMT")
    assert "x-amz-date" not in request.headers
    assert request.headers["date"].endswith(" -0000")
    now = parsedate_to_datetime(request.headers["date"]).replace(tzinfo=UTC)
    verify(request, now=now)


def test_the_host_is_the_one_that_the_client_signed():
    """A proxy tells it in X-Forwarded-Host. Source: reference iam.md §2.1."""
    request = with_headers(signed(), host="backend:8080")
    assert refusal(request) == MISMATCH
    verify(with_headers(request, x_forwarded_host="localhost:5000"))


def test_headers_that_are_not_signed_may_change():
    verify(with_headers(signed(), user_agent="other", accept="*/*"))


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)


@given(
    data=st.binary(max_size=40),
    headers=st.dictionaries(st.from_regex(r"x-[a-z]{1,8}", fullmatch=True), texts, max_size=3),
    method=st.sampled_from(["GET", "POST", "PUT"]),
    query=st.lists(st.tuples(texts, texts), max_size=3),
    segments=st.lists(st.sampled_from(["a", "..", ".", "", "%20", "~", "a b"]), max_size=4),
)
def test_whatever_botocore_signs_verifies(data, headers, method, query, segments):
    url = f"http://localhost/{'/'.join(segments)}"
    request = AWSRequest(method=method, url=url, data=data, headers=headers, params=query)
    SigV4Auth(Credentials(KEY, SECRET), "ecr", "us-east-1").add_auth(request)
    prepared = request.prepare()
    parts = urlsplit(prepared.url)
    got = received(request)
    verify(replace(got, path=parts.path, query=parts.query))


# Tampering

TEXTS = ("method", "path", "query")


def flipped(text: str, place: int, bit: int) -> str:
    return text[:place] + chr(ord(text[place]) ^ 1 << bit) + text[place + 1 :]


def refused_as(request: HttpRequest, **settings) -> None:
    with pytest.raises((InvalidSignatureError, IncompleteSignatureError)):
        verify(request, **settings)


@given(st.data(), st.integers(0, 7))
def test_one_flipped_bit_in_the_body_does_not_verify(data, bit):
    request = signed(data=b'{"repositoryNames":["app"]}')
    body = request.body.content.decode("latin-1")
    place = data.draw(st.integers(0, len(body) - 1))
    changed = flipped(body, place, bit).encode("latin-1")
    assert refusal(replace(request, body=BytesBody(changed))) == MISMATCH


@given(st.data(), st.integers(0, 7))
def test_one_flipped_bit_in_a_signed_header_does_not_verify(data, bit):
    request = signed(token="IQoJb3JpZ2lu")
    signed_names = ("authorization", *signature_of(request).signed_headers)
    name = data.draw(st.sampled_from(signed_names))
    value = request.headers[name]
    changed = flipped(value, data.draw(st.integers(0, len(value) - 1)), bit)
    tampered = replace(request, headers={**request.headers, name: changed})
    assume(names_the_key(tampered))
    refused_as(tampered, now=time_of(request))


def names_the_key(request: HttpRequest) -> bool:
    """Tell whether a request still is by the same key; any other key has another secret."""
    return not is_signed(request) or signature_of(request).access_key_id == KEY


@given(st.data(), st.integers(0, 7))
def test_one_flipped_bit_in_a_presigned_query_does_not_verify(data, bit):
    """But in the case of an escape, which says the same."""
    request = presigned()
    place = data.draw(st.integers(0, len(request.query) - 1))
    query = flipped(request.query, place, bit)
    assume(parse_qsl(query, True) != parse_qsl(request.query, True))
    changed = replace(request, query=query)
    assume(names_the_key(changed))
    if is_signed(changed):
        refused_as(changed, service="sts", now=time_of(request))


def is_signed(request: HttpRequest) -> bool:
    try:
        return signature_of(request) is not None
    except IncompleteSignatureError:
        return False


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"path": "/other"},
        {"query": "a=b"},
        {"body": BytesBody(b"")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_request_does_not_match(change):
    assert refusal(replace(signed(), **change)) == MISMATCH


def test_another_secret_does_not_match():
    assert refusal(signed(), "other secret") == MISMATCH


def test_a_header_of_amazons_that_is_not_signed_is_refused():
    message = refusal(with_headers(signed(), x_amz_other="a"))
    assert message.startswith("'x-amz-other' must be a 'SignedHeader'")


def test_a_token_may_be_added_after_signing():
    """Source: reference iam.md §2.1."""
    verify(with_headers(signed(), x_amz_security_token="token"))


def test_the_host_must_be_signed():
    request = signed()
    header = request.headers["authorization"].replace("content-type;host;", "content-type;")
    assert "'Host'" in refusal(with_headers(request, authorization=header))


def test_a_hash_of_the_body_that_is_not_its_own_does_not_match():
    request = signed(**{"X-Amz-Content-SHA256": "0" * 64})
    assert refusal(request) == MISMATCH


def test_a_body_may_be_left_out_of_the_signature():
    request = signed(**{"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    verify(replace(request, body=BytesBody(b"anything")))


# Time and scope

START = datetime(2017, 1, 11, 23, 9, 49, tzinfo=UTC)


def dated(timestamp: str, day: str | None = None) -> HttpRequest:
    """Return a request of a time; its signature is wrong, which is found out after its time."""
    credential = f"{KEY}/{day or timestamp[:8]}/us-east-1/ecr/aws4_request"
    header = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00"
    headers = {"host": "localhost", "x-amz-date": timestamp, "authorization": header}
    return HttpRequest(method="POST", path="/", headers=headers)


def test_an_old_signature_is_told_its_age():
    """Source: reference iam.md §2.2, a text seen at ECR."""
    assert refusal(dated("20170111T204052Z"), now=START) == (
        "Signature expired: 20170111T204052Z is now earlier than 20170111T225449Z "
        "(20170111T230949Z - 15 min.)"
    )


def test_a_signature_of_the_future_is_told_so():
    """Source: reference iam.md §2.2."""
    now = datetime(2021, 5, 2, 17, 36, 40, tzinfo=UTC)
    assert refusal(dated("20210502T183640Z"), now=now) == (
        "Signature not yet current: 20210502T183640Z is still later than 20210502T175140Z "
        "(20210502T173640Z + 15 min.)"
    )


@pytest.mark.parametrize("minutes", [-15, 15])
def test_fifteen_minutes_are_no_skew(minutes):
    request = signed()
    verify(request, now=time_of(request) + timedelta(minutes=minutes, milliseconds=900))


@pytest.mark.parametrize("minutes", [-15, 15])
def test_a_second_more_is(minutes):
    request = signed()
    late = time_of(request) + timedelta(minutes=minutes, seconds=minutes // 15)
    assert "15 min.)" in refusal(request, now=late)


def test_the_date_of_the_scope_is_that_of_the_time():
    """Source: reference iam.md §2.2."""
    request = dated("20170111T230949Z", "20170110")
    assert refusal(request, now=START).startswith(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
    )


@pytest.mark.parametrize("service", ["ecr", "ecr-public", "sts"])
def test_the_scope_is_of_the_service(service):
    """Source: reference iam.md §2.2."""
    message = refusal(signed("iam"), service=service)
    assert message == f"Credential should be scoped to correct service: '{service}'"


def test_the_scope_is_of_the_region_that_is_asked_for():
    """Source: reference iam.md §2.2."""
    text = "Credential should be scoped to a valid Region, not us-east-1"
    assert refusal(signed(), region="eu-west-1") == text
    verify(signed(), region="us-east-1")


@pytest.mark.parametrize("region", ["eu-west-1", "cn-northwest-1", "us-gov-east-1"])
def test_iam_is_signed_for_the_one_region_of_its_partition(region):
    header = signed("iam").headers["authorization"].replace("us-east-1", region)
    assert refusal(with_headers(signed("iam"), authorization=header), service="iam") == (
        f"Credential should be scoped to a valid Region, not {region}"
    )


def test_the_terminator_is_amazons():
    """Source: reference iam.md §2.2."""
    header = signed().headers["authorization"].replace("aws4_request", "aws4")
    message = refusal(with_headers(signed(), authorization=header))
    assert message == "Credential should be scoped with a valid terminator: 'aws4_request'"


# The token of a session


def proof(token: str | None) -> tuple[SignedRequest, datetime]:
    request = signed(token=token)
    made = SignedRequest(
        signature=signature_of(request), request=request, body=b"{}", service="ecr"
    )
    return made, time_of(request)


@pytest.mark.parametrize("token", [None, "a token"])
def test_a_signed_request_is_a_proof_of_secret_and_token(token):
    made, now = proof(token)
    made.check(SECRET, token, now)


@pytest.mark.parametrize(("sent", "own"), [(None, "a"), ("a", None), ("a", "b"), ("a", "A")])
def test_the_token_is_that_of_the_session(sent, own):
    """Source: reference iam.md §2.3."""
    made, now = proof(sent)
    with pytest.raises(UnrecognizedClientError):
        made.check(SECRET, own, now)


def test_the_token_is_looked_at_before_the_signature():
    """Source: reference iam.md §2.3, the order of checks."""
    made, now = proof("a")
    with pytest.raises(UnrecognizedClientError):
        made.check("other", "b", now)
    with pytest.raises(InvalidSignatureError):
        made.check("other", "a", now)
