"""The tutorial's commands print what the tutorial shows, but for numbers, ids and places."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIAL = Path("docs/tutorial/first-repair.md")
COPIES = {"/tmp/warehouse": "moved_value", "/tmp/invoices": "unknown_crate"}
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EPISODE = r"\d{8}-\d{6}-[0-9a-f]{8}"
_ID = re.compile(rf"{_EPISODE}|\b[0-9a-f]{{12,}}\b")


def steps(text: str) -> list[tuple[str, str]]:
    """(command, shown output) of every line with a prompt."""
    found: list[tuple[str, str]] = []
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def plain(output: str) -> list[str]:
    """The lines without what differs from run to run and from machine to machine."""
    text = re.sub(r"sandbox '[\w-]+'", "sandbox", _ID.sub("ID", output))
    lines = [re.sub(r"\d+", "N", line).rstrip() for line in text.splitlines()]
    return [line for line in lines if line]


def test_the_tutorial_has_steps_with_and_without_output(root: Path) -> None:
    shown = dict(steps((root / TUTORIAL).read_text("utf-8")))
    assert shown["python3 xtask.py demo"] == ""
    assert plain(shown["rusta repair ."])[0].startswith("repaired: ")
    assert plain("a 12 b1\n\nin 20261122-043728-52e2db0f ") == ["a N bN", "in ID"]


def test_what_its_first_steps_copy_is_there(root: Path) -> None:
    text = (root / TUTORIAL).read_text("utf-8")
    for place, name in COPIES.items():
        assert (root / "examples" / "broken" / name).is_dir()
        assert re.search(rf"cp -r \S*examples/broken/{name}\"? {place}$", text, re.MULTILINE)


@pytest.mark.slow
def test_the_outputs_are_real(root: Path, tmp_path: Path) -> None:
    """Runs every command of rusta's that has an output, in order, with the ids of this run."""
    environ = {**os.environ, "RUSTA_HOME": str(tmp_path / "home"), "RUSTA_PLUGINS": "cargo"}
    places = {place: tmp_path / Path(place).name for place in COPIES}
    for place, name in COPIES.items():
        shutil.copytree(root / "examples" / "broken" / name, places[place])
    ours: dict[str, str] = {}
    ran = 0
    for command, shown in steps((root / TUTORIAL).read_text("utf-8")):
        if not shown:
            continue
        words = command.split()
        assert words[0] == "rusta", command
        arguments = [str(places.get(word, ours.get(word, word))) for word in words[1:]]
        done = subprocess.run(
            [str(Path(sys.executable).with_name("rusta")), *arguments],
            env=environ,
            cwd=places["/tmp/warehouse"],
            capture_output=True,
            text=True,
            check=False,
        )
        output = done.stdout
        for place, real in places.items():
            output = output.replace(str(real), place)
        assert plain(output) == plain(shown), done.stderr
        ours.update(zip(_ID.findall(shown), _ID.findall(output), strict=True))
        ran += 1
    assert ran > 4
