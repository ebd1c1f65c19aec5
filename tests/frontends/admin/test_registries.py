"""Which registry a request means."""

from typing import Any

import pytest

from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.admin.registries import registry_of


@pytest.mark.parametrize(
    ("document", "account", "region"),
    [
        ({}, None, None),
        ({"account": "111122223333"}, "111122223333", None),
        ({"region": "eu-west-1", "tag": "1.0"}, None, "eu-west-1"),
        ({"region": ""}, None, None),
    ],
)
def test_what_is_left_out_is_the_default(
    document: dict[str, Any], account: str | None, region: str | None
) -> None:
    assert registry_of(document, "usage") == {"account": account, "region": region}


@pytest.mark.parametrize("account", ["", "12", "1111222233334"])
def test_what_is_no_account_is_answered_with_the_usage(account: str) -> None:
    with pytest.raises(AdminError) as caught:
        registry_of({"account": account}, "the usage")
    assert caught.value.message == "the usage"
