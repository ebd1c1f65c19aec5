"""``ecrmock completion``."""

import pytest
from click.testing import CliRunner

from ecrmock.cli import main


@pytest.mark.parametrize(
    ("shell", "mark"),
    [("bash", "complete -o"), ("zsh", "#compdef ecrmock"), ("fish", "--command ecrmock")],
)
def test_a_script_for_a_shell_is_printed(shell: str, mark: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert (result.exit_code, mark in result.stdout) == (0, True)
    assert "_ECRMOCK_COMPLETE" in result.stdout


@pytest.mark.parametrize(
    ("words", "found"), [("ecrmock cl", "clock"), ("ecrmock reset --acc", "--account")]
)
def test_what_the_script_asks_is_answered(words: str, found: str) -> None:
    variables = {
        "_ECRMOCK_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    result = CliRunner().invoke(main, [], prog_name="ecrmock", env=variables)
    assert result.stdout == f"plain,{found}\n"


def test_another_shell_is_bad_usage() -> None:
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2
