"""What can be had without a repair tool, on the same cases, in the same sandbox.

``cargo fix`` applies the suggestions that the compiler is sure of, again and again until nothing changes. *Greedy*
tries every suggestion by itself, the surer ones first, and keeps it when the compiler comes further or has fewer
errors.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rusta_eval.cases import MAIN, file_options
from rusta_eval.compiler import SUREST_FIRST, Change, Fault, apply_changes, distance, faults_of
from rusta_eval.lab import Lab

# As many as the product has probes by default, and as long as it has for a crate.
MOST_CHECKS = 120
LIMIT_S = 180.0
_ROUNDS = 4

Look = Callable[[Mapping[str, bytes]], tuple[bool, list[Fault]]]


@dataclass
class Outcome:
    """What a baseline came to. after: files it changed."""

    after: dict[str, bytes] = field(default_factory=dict)
    checks: int = 0
    seconds: float = 0.0
    compiles: bool = False


def look_at_file(lab: Lab, edition: str) -> Look:
    """Compile a single file with some text in place of its own."""

    def look(files: Mapping[str, bytes]) -> tuple[bool, list[Fault]]:
        lab.lay(dict(files), [MAIN])
        text = files[MAIN].decode("utf-8", "replace")
        done = lab.rustc(*file_options(text, edition), "-o", str(lab.scratch / "out.rmeta"), MAIN)
        return done.ok, faults_of(done.stderr)

    return look


def look_at_crate(lab: Lab, timeout_s: float = 120.0) -> Look:
    """Check a crate with some files in place of its own."""

    def look(files: Mapping[str, bytes]) -> tuple[bool, list[Fault]]:
        lab.lay(dict(files))
        done = lab.cargo("check", "--all-targets", "--message-format=json", timeout_s=timeout_s)
        return done.ok, faults_of(done.stdout)

    return look


def greedy(look: Look, before: Mapping[str, bytes], limit_s: float = LIMIT_S) -> Outcome:
    """Every suggestion in the order of its sureness, kept when it helps, until none does."""
    began = time.monotonic()
    files = dict(before)
    ok, faults = look(files)
    result = Outcome(checks=1)
    best = distance(faults, ok)
    tried: set[tuple[tuple[Change, ...], int]] = set()
    going = True
    while not ok and going:
        going = False
        for advice in _in_order(faults):
            key = (advice, hash(tuple(sorted(files.items()))))
            if key in tried:
                continue
            tried.add(key)
            if result.checks >= MOST_CHECKS or time.monotonic() - began > limit_s:
                break
            new = _changed(files, advice)
            if new is None:
                continue
            result.checks += 1
            fine, left = look(new)
            if distance(left, fine) < best:
                files, ok, faults, best, going = new, fine, left, distance(left, fine), True
                break
    result.compiles = ok
    result.after = {path: text for path, text in files.items() if before.get(path) != text}
    result.seconds = round(time.monotonic() - began, 3)
    return result


def _in_order(faults: list[Fault]) -> list[tuple[Change, ...]]:
    ranked = [
        (
            SUREST_FIRST.index(advice.applicability) if advice.applicability in SUREST_FIRST else 9,
            advice.changes,
        )
        for fault in faults
        for advice in fault.advice
    ]
    return [changes for _, changes in sorted(ranked, key=lambda item: item[0])]


def _changed(files: Mapping[str, bytes], changes: tuple[Change, ...]) -> dict[str, bytes] | None:
    new = dict(files)
    for path in {change.path for change in changes}:
        if path not in files:
            return None
        text = apply_changes(files[path], [change for change in changes if change.path == path])
        if text is None:
            return None
        new[path] = text
    return new if new != dict(files) else None


def cargo_fix(lab: Lab, before: Mapping[str, bytes], edition: str | None) -> Outcome:
    """``cargo fix --broken-code`` until nothing changes. A single file (``edition`` given) gets a manifest for it."""
    began = time.monotonic()
    manifest = (
        f'[package]\nname = "case"\nversion = "0.0.0"\nedition = "{edition}"\nautobins = false\n\n'
        f'[[bin]]\nname = "case"\npath = "{MAIN}"\n'
    )
    laid: dict[str, bytes | None] = {} if edition is None else {**before, "Cargo.toml": manifest.encode()}
    lab.lay(laid, [path for path in before if path.endswith(".rs")])
    result = Outcome()
    last: dict[str, bytes] = {}
    for _ in range(_ROUNDS):
        done = lab.cargo(
            "fix", "--broken-code", "--allow-no-vcs", "--allow-dirty", "--allow-staged", "--all-targets",
            timeout_s=180.0,
        )  # fmt: skip
        result.checks += 1
        now = {path: data for path, data in lab.changes().items() if path in before}
        result.compiles = done.ok
        if now == last:
            break
        last = now
    result.after = {path: data for path, data in last.items() if before.get(path) != data}
    result.seconds = round(time.monotonic() - began, 3)
    return result
