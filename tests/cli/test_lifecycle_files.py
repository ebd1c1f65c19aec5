"""The files that ``ecrmock lifecycle preview`` reads: a policy, and what the AWS CLI printed of images."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.previewing import IMAGES, POLICY, Preview, an_image, listing


@pytest.mark.parametrize(
    "time", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", 1767225600.0]
)
def test_times_are_read_as_both_versions_of_the_aws_cli_print_them(
    preview: Preview, time: Any
) -> None:
    result = preview(images=listing(an_image(imagePushedAt=time)))
    assert "sha256:aaaaaaaaaaaa  2026-01-01 00:00 UTC" in result.output


def test_a_bare_list_is_taken_as_well(preview: Preview) -> None:
    assert preview(images=[an_image()]).exit_code == 0


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("", "Could not map policyString"),
        ("{}", 'object has missing required properties (["rules"])'),
        ('{"\\ud800": 1, "rules": []}', "not allowed by the schema"),
    ],
)
def test_a_bad_policy_is_a_failure_with_ecrs_words(
    preview: Preview, policy: str, said: str
) -> None:
    result = preview(policy=policy)
    assert (result.exit_code, said in result.output) == (1, True)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ({}, "aws ecr describe-images"),
        ([1], "aws ecr describe-images"),
        ([an_image(imagePushedAt=...)], "image 1 (sha256:aaaaaaaaaaaa) has no imagePushedAt"),
        ([an_image(), an_image(imageDigest=...)], "image 2 has no imageDigest"),
        ([an_image(imagePushedAt="yesterday")], "has no time as imagePushedAt: 'yesterday'"),
        ([an_image(lastArchivedAt=[])], "has no time as lastArchivedAt: []"),
        ([an_image(imagePushedAt=1e300)], "has no time as imagePushedAt"),
        ([an_image(imageTags="v1")], "imageTags that are no list"),
        ([an_image(imageStatus="GONE")], "imageStatus that is none of"),
        ([an_image(repositoryName="a"), an_image(repositoryName="b")], "several repositories"),
    ],
    ids=range(12),
)
def test_bad_images_are_a_failure_that_says_what_is_wrong(
    preview: Preview, images: Any, said: str
) -> None:
    result = preview(images=images)
    assert (result.exit_code, said in result.output) == (1, True)


def test_a_file_of_other_bytes_is_a_failure(preview: Preview, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff")
    result = preview("--policy", str(tmp_path / "latin"))
    assert (result.exit_code, "cannot be read" in result.output) == (1, True)


def test_a_policy_that_is_too_long_is_a_failure(preview: Preview) -> None:
    """ECR counts blanks too. Source: reference api.md §9.1."""
    text = POLICY.read_text()
    assert preview(policy=text.ljust(30_720)).exit_code == 0
    result = preview(policy=text.ljust(30_721))
    assert result.exit_code == 1
    assert "length less than or equal to 30720" in result.output
    assert "it has 30,721 characters, and without blanks " in result.output


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_powershell_redirects_is_read(preview: Preview, tmp_path: Path, encoding: str) -> None:
    """``>`` of Windows PowerShell 5 writes UTF-16. Source: PowerShell, about_Character_Encoding."""
    (tmp_path / "shell").write_text(IMAGES.read_text(), encoding=encoding)
    result = preview("--images", str(tmp_path / "shell"))
    assert (result.exit_code, result.output) == (0, preview().output)
