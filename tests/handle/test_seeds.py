"""Seeds of the Python door: a state from a file, and the present one as a file."""

import pytest

from ecrmock import mock_ecr
from ecrmock.seeding.mistakes import SeedError

SEED = {"version": 1, "repositories": {"app": {"images": [{"tag": "1.0"}]}}}


def test_a_seed_is_played_in_the_handles_account_and_region(handle, ask):
    handle.seed(SEED)
    (repository,) = ask("DescribeRepositories").repositories
    assert repository.repository_arn == "arn:aws:ecr:eu-west-1:111122223333:repository/app"


def test_a_seed_is_what_the_handle_would_push(handle):
    handle.seed(SEED)
    assert handle.images("app")[0].image_digest == handle.push_image("other").image_digest


def test_files_are_relative_to_the_seed(handle, tmp_path):
    (tmp_path / "layer.tar").write_bytes(b"layer")
    text = 'version: 1\nrepositories: {app: {images: [{layers: ["layer.tar"]}]}}\n'
    (tmp_path / "seed.yaml").write_text(text)
    handle.seed(str(tmp_path / "seed.yaml"))
    assert b"layer" in handle.pull("app", handle.images("app")[0].image_digest).blobs


def test_an_export_can_be_played(handle, tmp_path):
    digest = handle.push_image("app", tag="1.0").image_digest
    handle.export(tmp_path / "seed.json")
    handle.reset()
    handle.seed(tmp_path / "seed.json")
    assert handle.images("app")[0].image_digest == digest


def test_mock_ecr_begins_with_a_seed():
    with mock_ecr(seed=SEED) as ecr:
        assert ecr.images("app")[0].image_tags == ("1.0",)


def test_a_bad_seed_of_mock_ecr_leaves_nothing_behind():
    with pytest.raises(SeedError, match="version: 2 is not 1"), mock_ecr(seed={"version": 2}):
        pass
    with mock_ecr() as ecr:
        assert ecr.calls == ()
