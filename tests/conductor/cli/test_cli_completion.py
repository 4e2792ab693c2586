"""Completion scripts, and what they make the shell offer."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: Any, shell_name: str) -> None:
    done = shell("completion", shell_name)
    assert done.exit_code == 0
    assert f"_RUSTA_COMPLETE={shell_name}_complete" in done.stdout
    (told,) = shell.json("completion", shell_name)
    assert told["script"].strip() == done.stdout.strip()
    program = shutil.which(shell_name)
    if program is not None:
        subprocess.run([program, "-n"], input=done.stdout, text=True, check=True)


def test_another_shell_is_refused(shell: Any) -> None:
    done = shell("completion", "ksh")
    assert done.exit_code == 2
    assert "ksh" in done.stderr


def offered(shell: Any, words: str) -> set[str]:
    env = {
        "_RUSTA_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    lines = shell(env=env).stdout.splitlines()
    return {line.partition(",")[2] for line in lines if line}


def test_what_is_offered(shell: Any) -> None:
    assert {"apply", "replay", "doctor"} <= offered(shell, "rusta ")
    assert offered(shell, "rusta re") == {"replay", "resume"}
    assert offered(shell, "rusta --ho") == {"--home"}
    assert offered(shell, "rusta devlog ver") == {"verify"}
    assert "--tolerance" in offered(shell, "rusta replay --")
    assert offered(shell, "rusta completion ") == {"bash", "zsh", "fish"}


def test_episodes_are_offered(shell: Any) -> None:
    from rusta_conductor.sessions import start

    goal = {"bundle": "0" * 64, "root": "/", "direction": "apply"}
    with start(shell.host, shell.home, "bundle", goal) as session:
        episode = session.episode.id
    assert offered(shell, "rusta resume 2") == {episode}
    assert offered(shell, "rusta replay 1") == set()
