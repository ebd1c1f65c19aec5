"""Exports: playing one gives an equal state, but for ids and the times that a seed does not have."""

import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.rules.image_building import build_image
from ecrmock.seeding.export import export, pack_export, seed_text, unpack_export
from ecrmock.seeding.image_files import read_image
from ecrmock.seeding.seed_text import seed_of
from tests.documents import identity_policy
from tests.seeding.conftest import Played, Write, with_images

# What a seed does not have: ids that are drawn anew, and times of what it has no time for.
_ANEW = {
    *("unique_id", "policy_id", "lifecycle_policy_id", "lifecycle_policy_evaluated_at"),
    *("create_date", "update_date", "held_since", "scan_id", "scan_starts"),
}
_PLACES = ("sequence", "last_sequence", "untagged_sequence")  # the order counts, not the numbers


def comparable(state: Any) -> Any:
    """Return a state without what is drawn anew, its rows in the order of their sequences."""
    if isinstance(state, Mapping):
        kept = {name: value for name, value in state.items() if name not in (*_ANEW, *_PLACES)}
        return {name: comparable(value) for name, value in kept.items()}
    if isinstance(state, list):
        return [comparable(row) for row in sorted(state, key=_sequence)]
    return state


def _sequence(row: Any) -> int:
    if not isinstance(row, Mapping):
        return 0
    found = row.get("sequence", row.get("repository", {}).get("sequence", 0))
    return int(found)


def again(played: Played, name: str = "seed.yaml") -> Played:
    """Return a backend in which the export of another one was played."""
    with TemporaryDirectory() as folder:
        export(played.backend, Path(folder) / name)
        return Played(require_layers=played.backend.settings.require_layers)(Path(folder) / name)


# A state of every kind

TAGS = st.sampled_from(["latest", "1.0", "1.10", "dev-1", "on", "2026-01-01"])
TIMES = st.sampled_from(["400d ago", "30d ago", "2026-05-30T01:02:03.004Z", "1d ago"])
TEXTS = st.sampled_from(["hello", "a\nb\n", "", "null", " x: y", "é\t"])
KEYS = st.sampled_from(["team", "cost", "on", "é"])
DOCUMENTS = st.builds(identity_policy, st.sampled_from(["ecr:PutImage", "ecr:*"]))
POLICIES = st.one_of(DOCUMENTS, DOCUMENTS.map(json.loads), DOCUMENTS.map(lambda text: f" {text}\n"))


PAST = ({}, {"archived_at": "20d ago"}, {"archived_at": "20d ago", "restored_at": "10d ago"})


@st.composite
def images(draw: Any, number: int) -> dict[str, Any]:
    """An image that is like no other, perhaps archived, perhaps restored."""
    image: dict[str, Any] = {"layers": [{"number": str(number), "text": draw(TEXTS)}]}
    tags = draw(st.lists(TAGS, unique=True, max_size=2))
    for member in draw(st.sampled_from([(), ("pushed_at",), ("pushed_at", "pulled_at")])):
        image[member] = draw(TIMES)
    return image | ({"tags": tags} if tags else {}) | draw(st.sampled_from(PAST))


@st.composite
def repositories(draw: Any) -> dict[str, Any]:
    """A repository whose later images list the first one, or are about it."""
    made = [draw(images(number)) for number in range(draw(st.integers(0, 4)))]
    if draw(st.booleans()):
        made = [{"tag": "first"}, *made, {"index": {"linux/amd64": "first"}, "tag": draw(TAGS)}]
        made.append({"artifact": {"type": "application/x", "subject": "first"}})
        made.append({"image": "first", "tag": "late"})
    repository = {
        "tag_mutability": draw(st.sampled_from(["MUTABLE", "IMMUTABLE"])),
        "scan_on_push": draw(st.booleans()),
        "encryption": {"type": draw(st.sampled_from(["AES256", "KMS"]))},
        "resource_tags": draw(st.dictionaries(KEYS, TAGS, max_size=2)),
        "created_at": draw(TIMES),
        "images": made,
    }
    if draw(st.booleans()):
        statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
        repository["repository_policy"] = {"Version": "2012-10-17", "Statement": [statement]}
    if draw(st.booleans()):
        selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 9}
        rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
        repository["lifecycle_policy"] = {"rules": [rule]}
    return repository


@st.composite
def accounts(draw: Any) -> dict[str, Any]:
    """Principals that hang together, and repositories in two regions."""
    policies = draw(
        st.lists(POLICIES.map(lambda text: {"name": "own", "document": text}), max_size=1)
    )
    user = {
        "path": draw(st.sampled_from(["/", "/ci/"])),
        "groups": draw(st.sampled_from([[], ["devs"]])),
        "policies": policies,
        "resource_tags": draw(st.dictionaries(KEYS, TAGS, max_size=1)),
        "access_keys": draw(st.sampled_from([[], [{}], [{"status": "Inactive"}]])),
    }
    names = st.sampled_from(["app", "team/app", "x-1"])
    there = {"repositories": draw(st.dictionaries(names, repositories(), max_size=2))}
    return {
        "users": {"ci": user},
        "groups": {"devs": {"policies": policies}},
        "roles": {"deploy": {"policies": policies}},
        "policies": draw(st.dictionaries(st.just("managed"), st.fixed_dictionaries({"document": DOCUMENTS}))),
        "regions": {"eu-west-1": there},
        "repositories": draw(st.dictionaries(names, repositories(), max_size=2)),
        "registry": {"account_settings": draw(st.sampled_from([{}, {"BLOB_MOUNTING": "ENABLED"}]))},
    }  # fmt: skip


@pytest.mark.slow
@settings(max_examples=30)
@given(accounts(), accounts(), st.sampled_from(["seed.yaml", "seed.json"]))
def test_playing_an_export_gives_an_equal_state(
    ours: dict[str, Any], theirs: dict[str, Any], name: str
) -> None:
    played = Played()({"version": 1, **ours, "accounts": {"111122223333": theirs}})
    assert comparable(again(played, name).backend.state()) == comparable(played.backend.state())


def test_the_comparison_can_fail() -> None:
    one, other = (Played()(with_images({"tag": tag})) for tag in ("1", "2"))
    assert comparable(one.backend.state()) != comparable(other.backend.state())


def test_an_export_of_an_export_is_the_same(played: Played, tmp_path: Path) -> None:
    played(with_images({"tag": "1", "pulled_at": "1d ago"}, {"index": {"linux/amd64": "1"}}))
    export(played.backend, tmp_path / "seed.yaml")
    first = (tmp_path / "seed.yaml").read_text()
    export(again(played).backend, tmp_path / "seed.yaml")
    assert (tmp_path / "seed.yaml").read_text() == first


# What is in it


@pytest.fixture
def exported(played: Played, tmp_path: Path) -> Iterator[Path]:
    """The export of a repository with two images, of which one has no tag."""
    played(with_images({"tags": ["1", "2"], "layers": [{"a": "b"}]}, {"layers": [{"c": "d"}]}))
    export(played.backend, tmp_path / "state.yaml")
    return tmp_path / "state.yaml"


def test_the_images_are_an_oci_layout_beside_it(exported: Path) -> None:
    name = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:2"
    image = read_image(exported.parent / "state.images", name)
    assert image.digest == build_image([{"a": b"b"}]).digest


def test_each_manifest_and_blob_is_once_in_it(exported: Path) -> None:
    """Two manifests, two configs, two layers."""
    assert len(list((exported.parent / "state.images/blobs/sha256").iterdir())) == 6


def test_images_are_in_the_order_of_their_pushes(exported: Path) -> None:
    account = seed_of(exported).document["accounts"]["123456789012"]
    listed = account["regions"]["us-east-1"]["repositories"]["app"]["images"]
    assert [each.get("tags") for each in listed] == [["1", "2"], None]
    assert {each["oci_layout"] for each in listed} == {"state.images"}


def test_a_clock_that_was_moved_is_said(played: Played, write: Write) -> None:
    """The clock of tests stands still at some time; a real one is left out."""
    path = write("", "out/seed.json")
    export(played.backend, path)
    assert json.loads(path.read_text())["clock"] == "2026-06-01T12:00:00+00:00"


def test_an_image_whose_layers_nobody_pushed_has_its_manifest() -> None:
    played = Played(require_layers=False)
    played(with_images({"tag": "1", "manifest": build_image([{"a": b"b"}]).manifest}))
    assert comparable(again(played).backend.state()) == comparable(played.backend.state())


def test_a_policy_that_is_no_text_of_ours_stays_as_it_is() -> None:
    text = "{\n  " + identity_policy()[1:]
    played = Played()({"version": 1, "policies": {"own": {"document": text}}})
    (policy,) = again(played).backend.state()["123456789012"]["iam"]["policies"]
    assert policy["versions"][0]["document"] == text


def test_texts_of_several_lines_are_shown_as_they_are() -> None:
    assert "a: |-\n  one\n  two\n" in seed_text({"a": "one\ntwo"}, "seed.yaml")


def test_an_export_is_no_call(played: Played, tmp_path: Path) -> None:
    before = len(played(with_images({"tag": "1"})).backend.calls())
    export(played.backend, tmp_path / "seed.yaml")
    assert len(played.backend.calls()) == before


# Packed


def packed(played: Played) -> bytes:
    target = io.BytesIO()
    pack_export(played.backend, "seed.images", target)
    return target.getvalue()


def test_a_packed_export_is_unpacked_as_the_file_would_be(played: Played, tmp_path: Path) -> None:
    played(with_images({"tag": "1"}))
    export(played.backend, tmp_path / "seed.yaml")
    (tmp_path / "other").mkdir()
    unpack_export(io.BytesIO(packed(played)), tmp_path / "other/seed.yaml")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    ours = {str(path.relative_to(tmp_path)): path.read_bytes() for path in files}
    theirs = {name.removeprefix("other/"): text for name, text in ours.items() if "other/" in name}
    assert theirs == {name: text for name, text in ours.items() if "other/" not in name}


@pytest.mark.parametrize("end", [100, 4000, -10241])
def test_an_export_that_breaks_off_is_noticed(played: Played, tmp_path: Path, end: int) -> None:
    content = packed(played(with_images({"tag": "1", "layers": [{"a": "b" * 20_000}]})))
    with pytest.raises(ValueError, match=r"breaks off|does not begin"):
        unpack_export(io.BytesIO(content[:end]), tmp_path / "seed.yaml")
    assert not (tmp_path / "seed.yaml").exists()


@pytest.mark.parametrize("name", ["seed.images/../../evil", "other/evil", "/evil", "evil"])
def test_a_packed_export_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for each, content in (("seed.json", b"{}"), (name, b"evil")):
            member = tarfile.TarInfo(each)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    with pytest.raises(ValueError, match="which is not of it"):
        unpack_export(io.BytesIO(target.getvalue()), tmp_path / "seed.yaml")
    assert list(tmp_path.iterdir()) == []
