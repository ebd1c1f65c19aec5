"""What was chosen for scans and is not there is told at once."""

import zipfile

import pytest

from ecrmock.values.settings import Settings
from ecrmock.world.scan_choices import check_choices


def test_a_folder_a_zip_and_a_single_record_are_advisories(tmp_path):
    (tmp_path / "deep/er").mkdir(parents=True)
    record, packed = tmp_path / "deep/er/one.json", tmp_path / "all.zip"
    record.write_text("{}")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.json", "{}")
    for path in (tmp_path, tmp_path / "deep", record, packed):
        check_choices(Settings(advisories=str(path)))


def test_what_are_no_advisories_is_refused_with_its_name(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("x")
    (tmp_path / "no.zip").write_text("x")
    for name, text in [
        ("none", "there are no advisories at"),
        ("empty", "no .json and no .zip"),
        ("text.txt", "no folder, no zip"),
        ("no.zip", "no folder, no zip"),
    ]:
        with pytest.raises(ValueError, match=text) as refused:
            check_choices(Settings(advisories=str(tmp_path / name)))
        assert name in str(refused.value)


def test_a_scanner_has_to_be_known_and_on_the_path(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="trivy or grype"):
        check_choices(Settings(scanner="clair"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match="grype is not on this machine's PATH"):
        check_choices(Settings(scanner="grype"))
    (tmp_path / "grype").write_text("#!/bin/sh\n")
    (tmp_path / "grype").chmod(0o755)
    check_choices(Settings(scanner="grype"))
