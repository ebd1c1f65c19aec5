"""The public registry by the Python door. Source: DESIGN.md section 4; reference public.md §1.2."""

import re

import pytest

from ecrmock.handle import Ecr


def test_an_image_is_pushed_listed_and_pulled(handle: Ecr) -> None:
    pushed = handle.public.push_image("team/app", tag="1.0", layers=[{"a": b"text"}])
    (listed,) = handle.public.images("team/app")
    assert (listed.image_digest, listed.image_tags) == (pushed.image_digest, ("1.0",))
    assert handle.public.pull("team/app", "1.0").digest == pushed.image_digest


def test_an_index_and_an_artifact_can_be_pushed_too(handle: Ecr) -> None:
    public = handle.public
    public.push_image("team/app", tag="amd64")
    public.push_index("team/app", {"linux/amd64": "amd64"}, tag="1.0")
    public.push_artifact("team/app", "application/spdx+json", subject="1.0", contents=[b"{}"])
    assert len(public.images("team/app")) == 3


def test_the_calls_are_those_of_ecr_public_where_it_has_them(handle: Ecr) -> None:
    handle.public.push_image("team/app", tag="1.0")
    handle.public.pull("team/app", "1.0")
    assert {call.service for call in handle.calls if call.operation == "PutImage"} == {"ecr-public"}
    assert {call.service for call in handle.calls if call.operation == "BatchGetImage"} == {"ecr"}


def test_private_repositories_know_nothing_of_it(handle: Ecr) -> None:
    handle.public.push_image("team/app", tag="1.0")
    handle.push_image("team/app", tag="2.0")
    assert [image.image_tags for image in handle.images("team/app")] == [("2.0",)]


def test_a_registry_is_addressed_by_its_alias(handle: Ecr) -> None:
    assert (handle.public.alias, handle.public.registry) == ("", "")
    handle.public.push_image("team/app")
    assert re.fullmatch("[a-z][a-z0-9]{7}", handle.public.alias)
    handle.public.put_alias("acme")
    assert (handle.public.alias, handle.public.registry) == ("acme", "public.ecr.aws/acme")


def test_what_cannot_be_an_alias_is_refused(handle: Ecr) -> None:
    with pytest.raises(ValueError, match="no alias"):
        handle.public.put_alias("A")


def test_a_url_of_no_logo_gives_nothing(handle: Ecr) -> None:
    assert handle.public.logo("https://example.com/logo/a/b.png") is None


@pytest.mark.parametrize("name", ["a__b", "a" * 206])
def test_a_name_of_private_ecr_alone_makes_no_public_repository(handle: Ecr, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a repository"):
        handle.public.push_image(name)
    assert handle.public.registry == ""
    handle.push_image(name)
