"""What it costs to start: ``rusta --help`` imports no command and no heavy library."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

HEAVY = {"pydantic", "pydantic_core", "numpy", "rich", "sqlite3", "sqlite_utils", "transitions"}

LOADED = """
import json, sys
sys.argv = ["rusta", *sys.argv[1:]]
import rusta_conductor.cli
try:
    rusta_conductor.cli.main()
except SystemExit as leaving:
    print(json.dumps({"code": leaving.code, "loaded": sorted(sys.modules)}), file=sys.stderr)
"""


def loaded_by(*arguments: str, **env: str) -> set[str]:
    """The modules in memory when ``rusta`` is done with ``arguments``."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=env or None,
    )
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] == 0, done.stderr
    return set(told["loaded"])


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("completion", "bash")], ids=" ".join)
def test_quick_commands_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    loaded = loaded_by(*arguments)
    assert not HEAVY & loaded
    assert "click" in loaded, "the list is that of the right process"


def test_help_imports_no_command() -> None:
    loaded = loaded_by("--help")
    commands = {"bundle", "episodes", "replay", "golden", "plugins", "doctor", "completion"}
    assert not {f"rusta_conductor.cli.{name}" for name in commands} & loaded
    assert not {"rusta_conductor.sessions", "rusta_devlog", "rusta_conductor.bundles"} & loaded


def test_completing_a_word_imports_no_command() -> None:
    """The shell starts this at every press of the key."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from rusta_conductor.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        env={"_RUSTA_COMPLETE": "bash_complete", "COMP_WORDS": "rusta ro", "COMP_CWORD": "1"},
    )
    assert done.stdout.split() == ["plain,rollback"]
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not HEAVY & imported
    assert "rusta_conductor.cli.bundle" not in imported


def test_the_installed_program_answers(
    program: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = program("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("rusta ")
    assert done.stderr == ""


def test_a_heavy_command_would_be_seen() -> None:
    """The checks above would see pydantic: a command that replays does load it."""
    assert "pydantic" in loaded_by("replay", "--help")
