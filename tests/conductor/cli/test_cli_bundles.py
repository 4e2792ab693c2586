"""``rusta apply`` and ``rusta rollback`` as commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rusta_conductor.bundles import BundleStore

BundleFile = tuple[Path, Path]


def bundle_id(path: Path) -> str:
    return str(json.loads(path.read_text())["id"])


def test_there_and_back_again(shell: Any, bundle_file: BundleFile) -> None:
    path, tree = bundle_file
    name = bundle_id(path)[:12]
    done = shell("apply", path)
    assert done.exit_code == 0, done.output
    assert (tree / "a.txt").read_text() == "new\n"
    assert r"applied: make it \u001b[31mnew" in done.stdout
    assert "~ a.txt" in done.stdout
    assert f"rusta rollback {name}" in done.stdout
    done = shell("rollback", name)
    assert done.exit_code == 0, done.output
    assert (tree / "a.txt").read_text() == "old\n"
    assert f"rusta apply {name}" in done.stdout


def test_as_json(shell: Any, bundle_file: BundleFile) -> None:
    path, tree = bundle_file
    (told,) = shell.json("apply", path)
    assert told["outcome"] == "applied"
    assert told["bundle"] == bundle_id(path)
    assert told["files"] == ["a.txt"]
    assert told["root"] == str(tree)
    assert shell("replay", told["episode"]).exit_code == 0


def test_what_cannot_be_done_is_a_sentence_and_code_one(shell: Any, bundle_file: BundleFile) -> None:
    path, tree = bundle_file
    done = shell("rollback", path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nothing to take back" in done.stderr
    shell("apply", path)
    done = shell("apply", path)
    assert done.exit_code == 1
    assert "already applied" in done.stderr
    (tree / "a.txt").write_text("newer\n")
    done = shell("rollback", path, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["outcome"] == "refused"
    assert "'a.txt' was changed" in done.stderr
    assert (tree / "a.txt").read_text() == "newer\n"


def test_another_place(shell: Any, bundle_file: BundleFile, tmp_path: Path) -> None:
    path, tree = bundle_file
    moved = tree.rename(tmp_path / "moved place")
    done = shell("apply", path)
    assert done.exit_code == 1
    assert "--root PATH" in done.stderr
    assert shell("apply", path, "--root", moved).exit_code == 0
    assert (moved / "a.txt").read_text() == "new\n"


@pytest.mark.parametrize(
    ("ref", "words"),
    [("abcdef", "no bundle begins with"), ("no/such/file", "neither"), ("what?", "neither")],
)
def test_an_unknown_bundle(shell: Any, ref: str, words: str) -> None:
    done = shell("apply", ref)
    assert done.exit_code == 2
    assert words in done.stderr


def test_a_file_that_was_meddled_with(shell: Any, bundle_file: BundleFile) -> None:
    path, tree = bundle_file
    path.write_text(path.read_text().replace("new", "NEW"))
    done = shell("apply", path)
    assert done.exit_code == 2
    assert "damaged" in done.stderr
    assert (tree / "a.txt").read_text() == "old\n"


KILLED = """
import os, signal, sys
from rusta_conductor.bundles import steps
steps.reached = lambda name: name == "a.txt: replaced" and os.kill(os.getpid(), signal.SIGKILL)
from rusta_conductor.cli import main
sys.argv = ["rusta", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize("then", ["apply", "rollback", "resume"])
def test_a_kill_is_shown_by_doctor_and_put_right_by_the_next_command(
    program: Any, bundle_file: BundleFile, tmp_path: Path, then: str
) -> None:
    """The whole way: kill -9 between rename and end of the journal, then each of the commands that may follow."""
    path, tree = bundle_file
    env = {**os.environ, "RUSTA_HOME": str(tmp_path / "home"), "RUSTA_PLUGINS": ""}
    command = [sys.executable, "-c", KILLED, "apply", str(path)]
    assert subprocess.run(command, env=env, check=False).returncode == -signal.SIGKILL
    told = program("episodes", "--json").stdout
    (row,) = map(json.loads, told.splitlines())
    assert row["state"] == "interrupted"
    done = program(then, row["id"] if then == "resume" else bundle_id(path)[:8])
    assert done.returncode == 0, done.stderr
    assert (tree / "a.txt").read_text() == ("old\n" if then == "rollback" else "new\n")
    if then == "resume":
        assert "applied" in done.stdout
    assert program("devlog", "verify").returncode == 0


def test_another_bundle_s_interruption_is_mentioned(shell: Any, bundle_file: BundleFile, tmp_path: Path) -> None:
    path, _ = bundle_file
    journal = shell.home.bundles / "0123456789abcdef.applying"
    shell.home.bundles.mkdir()
    journal.write_text("not a journal")
    done = shell("apply", path)
    assert done.exit_code == 0
    assert str(journal) in done.stderr


def test_the_shell_completes_names(shell: Any, bundle_file: BundleFile) -> None:
    from rusta_conductor.bundles.store import read_bundle

    bundle = read_bundle(bundle_file[0])
    BundleStore(shell.home).save(bundle)
    env = {
        "_RUSTA_COMPLETE": "bash_complete",
        "COMP_WORDS": f"rusta apply {bundle.id[:2]}",
        "COMP_CWORD": "2",
    }
    done = shell(env=env)
    assert f"plain,{bundle.id[:16]}" in done.stdout
