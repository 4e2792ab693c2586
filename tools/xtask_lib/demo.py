"""The verb `demo`: a really broken crate is repaired, step by step, by the installed commands.

The crate is copied to a temporary folder, and rusta keeps its state in another one, so that the
demonstration changes nothing on the machine.
"""

from __future__ import annotations

import difflib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xtask_lib.console import XtaskError, command_line, fail, heading, note, say, seconds
from xtask_lib.context import Context

BROKEN_CRATES = Path("examples/broken")
# The first of these that exists is shown; else the first crate by name.
FAVOURITES = ("moved_value", "move", "borrow")

# What cargo may add to a crate by itself.
NOT_SOURCE = ("target", "Cargo.lock")

Snapshot = Mapping[str, bytes]


class StepError(XtaskError):
    """A step of the demonstration did not do what it should."""


def run(context: Context) -> int:
    """Run the demonstration; 0 when every step did what it should."""
    arguments = [a for a in context.arguments if a != "--keep"]
    source = find_crate(context.place.root, arguments[0] if arguments else None)
    folder = Path(tempfile.mkdtemp(prefix="rusta-demo-"))
    demonstration = Demonstration(context, source, folder)
    try:
        code = demonstration.play()
    except StepError as error:
        fail(f"step {demonstration.number}: {error}\nLeft for a look: {folder}")
        return 1
    if "--keep" in context.arguments:
        note(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return code


def find_crate(root: Path, name: str | None) -> Path:
    """The folder of the crate to repair; raises XtaskError when there is none such."""
    folder = root / BROKEN_CRATES
    crates = sorted(p.parent for p in folder.glob("*/Cargo.toml"))
    names = [p.name for p in crates]
    if name is not None:
        for path in (folder / name, Path(name)):
            if (path / "Cargo.toml").is_file():
                return path.resolve()
        raise XtaskError(f"{name!r} is no crate; below {BROKEN_CRATES} are: {', '.join(names)}", 2)
    if not crates:
        raise XtaskError(f"{BROKEN_CRATES} holds no crate: is this a complete checkout?")
    return next((folder / f for f in FAVOURITES if f in names), crates[0])


def snapshot(folder: Path) -> Snapshot:
    """Every source file of the crate with its bytes, by relative path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in NOT_SOURCE
    }


def difference(before: Snapshot, after: Snapshot) -> str:
    """A unified diff of two snapshots; empty when they are the same."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        old, new = (side.get(name, b"").decode("utf-8", "replace").splitlines() for side in (before, after))
        lines += difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="")
    return "\n".join(lines)


class Demonstration:
    """The steps, in order; each prints its command and says what came of it."""

    def __init__(self, context: Context, source: Path, folder: Path) -> None:
        self.context = context
        self.number = 0
        self.crate = folder / source.name
        shutil.copytree(source, self.crate, ignore=shutil.ignore_patterns("target"))
        self.target = folder / "target"
        self.environ = {**context.environment.environ, "RUSTA_HOME": str(folder / "state")}
        self.report: list[str] = []

    def play(self) -> int:
        start = time.monotonic()
        before = snapshot(self.crate)
        self._cargo_check("the crate is broken", succeeds=False)
        bundle, episode = self._repair()
        if snapshot(self.crate) != before:
            raise StepError("the repair episode changed the crate; only apply may do that")
        self._rusta("apply the patch", "apply", bundle)
        patched = snapshot(self.crate)
        if patched == before:
            raise StepError("apply changed nothing")
        note("\n" + difference(before, patched) + "\n")
        self._cargo_check("the crate compiles now", succeeds=True)
        self._rusta("take the patch back", "rollback", bundle)
        if snapshot(self.crate) != before:
            raise StepError("after the rollback the crate is not what it was")
        note("every byte is as it was")
        self._rusta("replay the episode: no tool runs", "replay", episode)
        self._rusta("verify the log", "devlog", "verify")
        say()
        heading(f"demo: all {self.number} steps passed in {seconds(start)}")
        note("\n".join(self.report))
        return 0

    def _repair(self) -> tuple[str, str]:
        """Repair the crate; returns the bundle and the episode as the commands want them."""
        text = self._rusta("repair it in the sandbox", "repair", str(self.crate), "--json")
        try:
            result = json.loads(text)
        except ValueError:
            raise StepError(f"rusta repair --json printed something else:\n{text}") from None
        note(describe(result))
        return named(result, "bundle"), named(result, "episode")

    def _rusta(self, title: str, *arguments: str) -> str:
        shown = ["rusta", *arguments]
        code, text = self._start(title, shown, [str(self.context.place.rusta), *arguments])
        if code != 0:
            raise StepError(f"`{command_line(shown)}` returned {code}\n{text.strip()}")
        if "--json" not in arguments:
            note(text.strip() or "(no output)")
        return text

    def _cargo_check(self, title: str, *, succeeds: bool) -> None:
        command = ["cargo", "check", "--offline", "--quiet"]
        code, text = self._start(title, command, [*command, "--color", "never"])
        note(text.strip() or "(no error)")
        if (code == 0) != succeeds:
            raise StepError(f"`{command_line(command)}` returned {code}")

    def _start(self, title: str, shown: list[str], command: list[str]) -> tuple[int, str]:
        """Run one step in the crate; its output, for cargo with the errors, comes back as text."""
        self.number += 1
        say()
        heading(f"{self.number}. {title}")
        note(f"$ {command_line(shown)}")
        start = time.monotonic()
        # rusta shows its progress on standard error: the user should see it as it comes.
        errors = subprocess.STDOUT if command[0] == "cargo" else None
        done = subprocess.run(
            command,
            cwd=self.crate,
            env={**self.environ, "CARGO_TARGET_DIR": str(self.target)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
            check=False,
        )
        self.report.append(f"{self.number}. {title:36} {seconds(start)}")
        return done.returncode, done.stdout


def named(result: Any, key: str) -> str:
    """A path or an id out of `rusta repair --json`: the value itself, or its `path` or `id`."""
    value = result.get(key) if isinstance(result, dict) else None
    if isinstance(value, dict):
        value = value.get("path") or value.get("id")
    if not isinstance(value, str) or not value:
        raise StepError(f"rusta repair --json names no {key}: {json.dumps(result)[:400]}")
    return value


def describe(result: Any) -> str:
    """The proof, as far as the result of `rusta repair --json` tells it, for people to read."""
    if not isinstance(result, dict):
        return ""
    found = result.get("data")
    data: dict[str, Any] = found if isinstance(found, dict) else {}
    lines = [str(part) for part in (result.get("summary"), data.get("diff")) if isinstance(part, str)]
    bundle = data.get("bundle")
    steps = bundle["proof"]["steps"] if isinstance(bundle, dict) else []
    lines += [f"{'ok' if step['ok'] else 'FAILED'}: {step['command']}: {step['summary']}" for step in steps]
    return "\n".join(lines)
