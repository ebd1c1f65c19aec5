"""Ecosystems, as advisories name them. Source: OSV schema 1.7, "affected[].package"."""

import pytest

from ecrmock.values.ecosystems import Ecosystem, package_key, read_ecosystem, system_ecosystem


@pytest.mark.parametrize(
    ("text", "ecosystem"),
    [
        ("Debian:11", Ecosystem("Debian", "11")),
        ("Ubuntu:22.04:LTS", Ecosystem("Ubuntu", "22.04")),
        ("Ubuntu:23.10", Ecosystem("Ubuntu", "23.10")),
        ("Ubuntu:Pro:18.04:LTS", Ecosystem("Ubuntu:Pro", "18.04")),
        ("Ubuntu:Pro:FIPS-updates:22.04:LTS", Ecosystem("Ubuntu:Pro:FIPS-updates", "22.04")),
        ("Alpine:v3.18", Ecosystem("Alpine", "3.18")),
        ("Red Hat:enterprise_linux:9::baseos", Ecosystem("Red Hat", "9")),
        ("Red Hat:enterprise_linux:8::appstream", Ecosystem("Red Hat", "8")),
        ("Red Hat:enterprise_linux:10.0", Ecosystem("Red Hat", "10")),
        ("Red Hat:rhel_eus:9.2::baseos", Ecosystem("Red Hat:rhel_eus", "9.2::baseos")),
        ("Maven:https://maven.google.com", Ecosystem("Maven")),
        ("npm", Ecosystem("npm")),
    ],
)
def test_how_advisories_name_ecosystems(text: str, ecosystem: Ecosystem) -> None:
    assert read_ecosystem(text) == ecosystem


@pytest.mark.parametrize(
    ("said", "of", "covered"),
    [("Debian", "Debian:11", True), ("Debian:11", "Debian:12", False), ("npm", "PyPI", False)],
)
def test_what_is_said_of_no_release_is_said_of_each(said: str, of: str, covered: bool) -> None:
    assert read_ecosystem(said).covers(read_ecosystem(of)) is covered


@pytest.mark.parametrize(
    ("os_id", "version_id", "ecosystem"),
    [
        ("debian", "11", Ecosystem("Debian", "11")),
        ("alpine", "3.18.4", Ecosystem("Alpine", "3.18")),
        ("centos", "8.5", Ecosystem("Red Hat", "8")),
        ("wolfi", "20230201", Ecosystem("Wolfi")),
        ("debian", "", None),
        ("amzn", "2023", None),
    ],
)
def test_an_operating_system_has_the_ecosystem_of_its_release(
    os_id: str, version_id: str, ecosystem: Ecosystem | None
) -> None:
    assert system_ecosystem(os_id, version_id) == ecosystem


def test_a_package_of_python_is_the_same_however_it_is_written() -> None:
    """Source: PEP 503, normalized names."""
    assert package_key(Ecosystem("PyPI"), "Ruamel_Yaml") == ("PyPI", "ruamel-yaml")
    assert package_key(Ecosystem("npm"), "Ruamel_Yaml") == ("npm", "Ruamel_Yaml")
