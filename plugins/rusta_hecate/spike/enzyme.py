"""Looks for every Enzyme that a machine may have, tries the proof of concept with each, and says which outcome it is."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

PATTERNS = {
    "free": "a free function",
    "generic": "a rule behind a generic bound",
    "object": "a rule behind a trait object",
}
OUTCOMES = {
    1: "works: every pattern is differentiated, and agrees with central differences",
    2: "works with simplifications: some patterns are differentiated, others are not",
    3: "does not work: no pattern is differentiated with what this machine has",
}


@dataclass(frozen=True)
class Attempt:
    """One thing that was tried: with what, and what came of it."""

    what: str
    worked: bool
    said: str


@dataclass(frozen=True)
class Spike:
    """Everything that was found and tried."""

    toolchains: tuple[str, ...]
    found: tuple[str, ...]
    attempts: tuple[Attempt, ...]

    @property
    def outcome(self) -> int:
        """1, 2 or 3; the best toolchain counts."""
        best = 0
        for name in self.toolchains:
            best = max(best, sum(a.worked for a in self.attempts if a.what.startswith(f"{name}: ")))
        return 1 if best == len(PATTERNS) else 2 if best else 3

    def to_markdown(self) -> str:
        """The notebook."""
        lines = [
            "# The Enzyme spike", "",
            "Made by `python3 xtask.py spike:enzyme --write`. The question: can Enzyme differentiate a memory rule written",
            "in Rust, through the dispatch that the model would need? Exactly one of three outcomes is possible.", "",
            f"**Outcome {self.outcome}.** It {OUTCOMES[self.outcome]}.", "",
            "## What there is", "",
            *(f"- {line}" for line in self.found), "",
            "## What was tried", "",
            "| with | result | what it said |", "|---|---|---|",
            *(f"| {a.what} | {'works' if a.worked else 'fails'} | {_cell(a.said)} |" for a in self.attempts), "",
            "A custom derivative (`#[custom_vjp]`) has no counterpart in rustc's `std::autodiff`, so a rule's own",
            "backward pass could not be plugged in even where differentiation works.", "",
            "## What follows", "", *_CONSEQUENCE[self.outcome], "",
        ]  # fmt: skip
        return "\n".join(lines)


_CONSEQUENCE = {
    1: ("Pin this toolchain; the hand-written chain rule remains as the check.",),
    2: ("Keep rules to the patterns that work; the hand-written chain rule serves the others.",),
    3: (
        "Plan B, both paths. Path A: the chain rule is composed by hand, in native kernels (attention, delta rule, norm) and",
        "in the rules' own backward passes. Path B: PyTorch is the independent reference. Both are held against central",
        "differences; [the layers and how they are verified](model-layers.md) tells how.",
    ),
}


def investigate(say: Callable[[str], None] = lambda _: None) -> Spike:
    """Look and try; writes only into a temporary folder."""
    toolchains = _toolchains()
    found: list[str] = []
    attempts: list[Attempt] = []
    for name, rustc in toolchains.items():
        say(f"trying {name}")
        version = _run([rustc, "--version"])[1].strip()
        sysroot = Path(_run([rustc, "--print", "sysroot"])[1].strip())
        libraries = sorted(path.name for path in sysroot.rglob("libEnzyme*")) if sysroot.is_dir() else []
        found.append(f"{version}: {', '.join(libraries) or 'no libEnzyme in its sysroot'}")
        attempts += [_try(name, rustc, pattern) for pattern in PATTERNS]
    found.append(_plugin())
    found.append(_package())
    return Spike(tuple(toolchains), tuple(found), tuple(attempts))


def _toolchains() -> dict[str, str]:
    """Compilers by the channel they name themselves after."""
    rustup = shutil.which("rustup")
    names = _run([rustup, "toolchain", "list"])[1].splitlines() if rustup else []
    found = {}
    for line in names:
        name = line.split()[0] if line.split() else ""
        code, path = _run([rustup or "", "which", "--toolchain", name, "rustc"])
        if code == 0:
            found[name.split("-")[0]] = path.strip()
    if not found and (rustc := shutil.which("rustc")):
        found["system"] = rustc
    return found


def _try(name: str, rustc: str, pattern: str) -> Attempt:
    what = f"{name}: {PATTERNS[pattern]}"
    source = resources.files("rusta_hecate.spike").joinpath("proof.rs").read_text("utf-8").replace("PATTERN", pattern)
    with tempfile.TemporaryDirectory(prefix="rusta-spike-") as folder:
        place = Path(folder)
        (place / "proof.rs").write_text(source, "utf-8")
        command = [rustc, "--edition=2021", "-O", "-Zautodiff=Enable", "-Clto=fat", "proof.rs", "-o", "proof"]
        code, said = _run(command, place)
        if code == 0:
            code, said = _run([str(place / "proof")], place)
        return Attempt(what, code == 0, _first_error(said))


def _plugin() -> str:
    for folder in ("/usr/lib", "/usr/local/lib"):
        for path in sorted(Path(folder).rglob("*LLVMEnzyme*.so")):
            return f"LLVM plugin: {path.name}; `opt` {'is there' if shutil.which('opt') else 'is missing'}"
    return "no LLVM plugin (LLVMEnzyme) below /usr/lib or /usr/local/lib"


def _package() -> str:
    if importlib.util.find_spec("enzyme_ad") is None:
        return "enzyme-ad from PyPI is not installed; it differentiates JAX programs and C++ called from them, not Rust"
    return "enzyme-ad from PyPI is installed; it differentiates JAX programs and C++ called from them, not Rust"


def _run(command: list[str], folder: Path | None = None) -> tuple[int, str]:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return -1, str(error)
    return done.returncode, done.stdout + done.stderr


def _first_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"error|warning: unused", line)] or lines
    return errors[0][:200] if errors else "nothing"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
