"""What docs/ci.md shows is part of the examples, which other tests run."""

import re

import pytest

from tests.clients.running_server import ROOT

EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs/ci.md").read_text()
BLOCKS = re.findall(r"^```(yaml|toml)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SUFFIXES = {"yaml": (".yml", ".yaml"), "toml": (".toml",)}


def texts(language: str) -> str:
    files = sorted(path for path in EXAMPLES.rglob("*") if path.suffix in SUFFIXES[language])
    return "\n".join(path.read_text() for path in files)


def test_there_are_blocks_of_each_language() -> None:
    assert {language for language, _ in BLOCKS} == set(SUFFIXES)


@pytest.mark.parametrize(("language", "block"), BLOCKS)
def test_a_block_is_part_of_an_example(language: str, block: str) -> None:
    assert block in texts(language)


def test_the_build_arguments_are_those_of_the_dockerfile() -> None:
    arguments = dict(
        re.findall(r"^ARG (\w+)=(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    )
    told = dict(re.findall(r"^\| `([A-Z]+)` \| `([^`]+)` \|", PAGE, re.MULTILINE))
    assert told == {name: default.strip("${}") for name, default in arguments.items()}
