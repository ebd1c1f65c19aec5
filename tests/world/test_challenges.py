"""Which logins a registry asks for. Source: RFC 9110, §11.6.1."""

import pytest

from ecrmock.world.challenges import challenges

BEARER = {"bearer": {"realm": "https://auth.example/token", "service": "hub"}}


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([], {}),
        ([""], {}),
        (['Bearer service="",realm="x"'], {"bearer": {"service": "", "realm": "x"}}),
        (["Negotiate"], {"negotiate": {}}),
        (['Basic realm="a \\"b\\""'], {"basic": {"realm": 'a "b"'}}),
        (['Bearer realm="https://auth.example/token",service="hub"'], BEARER),
        (['BEARER Realm = "https://auth.example/token" , SERVICE="hub"'], BEARER),
        (["Bearer realm=https://auth.example/token,service=hub"], BEARER),
        (
            ['Bearer realm="https://auth.example/token",service="hub", Basic realm="hub"'],
            {**BEARER, "basic": {"realm": "hub"}},
        ),
        (
            ['Basic realm="hub"', 'Bearer realm="https://auth.example/token",service="hub"'],
            {**BEARER, "basic": {"realm": "hub"}},
        ),
        (
            ['Bearer scope="repository:a:pull,push repository:b:pull"'],
            {"bearer": {"scope": "repository:a:pull,push repository:b:pull"}},
        ),
    ],
)
def test_challenges_are_told_apart(headers: list[str], found: dict[str, dict[str, str]]) -> None:
    assert challenges(headers) == found


def test_the_first_of_two_challenges_of_a_scheme_counts() -> None:
    assert challenges(['Basic realm="a"', 'Basic realm="b"']) == {"basic": {"realm": "a"}}
