"""``ecrmock lifecycle preview`` for a period: what it protects, and the emulator beside it."""

import json
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from ecrmock import mock_ecr
from ecrmock.handle import Ecr
from tests.cli.previewing import Preview, an_image, listing, older_than

BAD_SPANS = ("", "1", "d", "0d", "-1d", "1 d", "1y", "9999999999d")


# When


@pytest.mark.parametrize(
    ("options", "when"),
    [
        (["--for", "30d"], "2026-06-11 00:00"),
        (["--for", "8w", "--every", "1w"], "2026-06-15 00:00"),
        (["--for", "30d", "--every", "36h"], "2026-06-11 12:00"),
        (["--for", "30d", "--every", "90m"], "2026-06-10 01:30"),
    ],
    ids=range(4),
)
def test_an_image_goes_in_a_run(preview: Preview, options: list[str], when: str) -> None:
    output = preview(*options, policy=older_than(160), images=listing(an_image())).output
    assert f"\n{when} UTC  1     expire" in output


def test_the_headline_tells_the_period(preview: Preview) -> None:
    output = preview("--for", "8w", "--every", "36h").output
    expected = "From 2026-06-01 00:00 UTC to 2026-07-27 00:00 UTC, every 36h, of 4 images"
    assert output.startswith(expected)


def test_what_is_pushed_after_the_end_is_said_to_be(preview: Preview) -> None:
    output = preview(at="2025-01-01", images=listing(an_image())).output
    assert output.endswith("it is pushed later\n")


@pytest.mark.parametrize(
    "options",
    [
        ["--every", "1d"],
        *(["--for", span] for span in BAD_SPANS),
        ["--for", "1d", "--every", "0h"],
        ["--for", "999999w"],
    ],
    ids=str,
)
def test_bad_spans_are_bad_usage(preview: Preview, options: list[str]) -> None:
    assert preview(*options).exit_code == 2


# Protected


@pytest.mark.parametrize(
    ("pattern", "days", "exit_code"), [("p*", "9d", 0), ("p*", "10d", 1), ("x", "10d", 0)]
)
def test_what_is_protected_must_not_go_in_the_whole_period(
    preview: Preview, pattern: str, days: str, exit_code: int
) -> None:
    """At the end of the tenth day it is 160 days and some hours old."""
    images = listing(an_image(imagePushedAt="2025-12-31T12:00:00Z", imageTags=["prod", "v1"]))
    options = "--for", days, "--protect", pattern, "--protect", "v2"
    assert preview(*options, policy=older_than(161), images=images).exit_code == exit_code


def test_a_loss_is_told_with_tag_image_rule_and_time(preview: Preview) -> None:
    images = listing(an_image(imageTags=["prod-1\x1b"]))
    result = preview("--protect", "prod-*", policy=older_than(14), images=images)
    assert result.stderr == (
        "Error: protected, but deleted: tag 'prod-1\\x1b' (as 'prod-*') of "
        f"sha256:{'a' * 64}, by rule 1 at 2026-06-01 00:00 UTC: "
        "it was pushed 151 days ago, and the limit is 14\n"
    )


def test_to_archive_is_not_to_delete(preview: Preview) -> None:
    result = preview("--protect", "nightly")
    assert (result.exit_code, "archive  nightly" in result.stdout) == (0, True)


def test_a_pattern_that_protects_nothing_is_told(preview: Preview) -> None:
    result = preview("--protect", "prd-*")
    assert (result.exit_code, "no image has a tag as 'prd-*'" in result.stderr) == (0, True)


# Left out


def test_what_was_left_out_is_counted(preview: Preview) -> None:
    images = listing(an_image(), an_image("b", imagePushedAt=...), an_image(imageDigest=...))
    result = preview("--skip-incomplete", images=images)
    assert (result.exit_code, "Left out as incomplete: 2." in result.output) == (0, True)


# The emulator does the same

POLICY = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["v*"],
                **{"countType": "imageCountMoreThan", "countNumber": 2},
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "selection": {
                "tagStatus": "any",
                **{"countType": "sinceImagePulled", "countUnit": "days", "countNumber": 10},
            },
            "action": {"type": "transition", "targetStorageClass": "archive"},
        },
        {
            "rulePriority": 3,
            "selection": {
                **{"tagStatus": "any", "storageClass": "archive"},
                **{"countType": "sinceImageTransitioned", "countUnit": "days", "countNumber": 90},
            },
            "action": {"type": "expire"},
        },
    ]
}


def pushed_over_days(ecr: Ecr) -> None:
    """Push images on days that follow each other, each with a referrer."""
    for tag in ("v1", "old", "v2", "keep", "v3"):
        ecr.push_image("team/app", tag=tag, layers=[{"tag": tag.encode()}])
        ecr.push_artifact("team/app", "text/plain", contents=[tag.encode()], subject=tag)
        ecr.clock.advance(days=1)


def described(client: Any) -> list[dict[str, Any]]:
    """Return what ``aws ecr describe-images`` would print, with the archive."""
    asked = {"repositoryName": "team/app", "filter": {"imageStatus": "ANY"}}
    pages = client.get_paginator("describe_images").paginate(**asked)
    text = json.dumps([each for page in pages for each in page["imageDetails"]], default=str)
    return json.loads(text)


def changes_by_day(ecr: Ecr, client: Any, days: int) -> dict[str, list[tuple[int, str]]]:
    """Let days pass, and return what happens to each image on which day."""
    before = {each["imageDigest"]: each["imageStatus"] for each in described(client)}
    found: dict[str, list[tuple[int, str]]] = {digest: [] for digest in before}
    for day in range(1, days + 1):
        ecr.clock.advance(days=1)
        after = {each["imageDigest"]: each["imageStatus"] for each in described(client)}
        for digest, status in before.items():
            if after.get(digest) != status:
                found[digest].append((day, "archive" if digest in after else "expire"))
        before = after
    return found


def test_the_emulator_comes_to_the_same(preview: Preview) -> None:
    """With referrers that go, images that are archived, and that go from the archive."""
    with mock_ecr() as ecr:
        ecr.clock.freeze()
        pushed_over_days(ecr)
        client, start = boto3.client("ecr"), ecr.clock.now()
        images = listing(*described(client))
        text = json.dumps(POLICY)
        client.put_lifecycle_policy(repositoryName="team/app", lifecyclePolicyText=text)
        happened = changes_by_day(ecr, client, 110)
    first_run = (start + timedelta(days=1)).isoformat()
    result = preview("--json", "--for", "109d", policy=POLICY, images=images, at=first_run)
    predicted = {
        each["digest"]: [
            (day_of(change["when"], start), change["action"]) for change in each["changes"]
        ]
        for each in json.loads(result.stdout)["images"]
    }
    assert predicted == happened
    assert {len(changes) for changes in happened.values()} == {0, 1, 2}


def day_of(when: str, start: datetime) -> int:
    return round((datetime.fromisoformat(when) - start) / timedelta(days=1))
