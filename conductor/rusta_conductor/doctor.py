"""The checks of ``rusta doctor``: the runtime's own, and the running of everybody's.

A plugin adds one with a :class:`~rusta_conductor.specs.CheckSpec` whose handler is a function
``(home: Path) -> Check``.
"""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import cast

from rusta_conductor.host import OWN_DISTRIBUTION, PluginHost
from rusta_conductor.refs import resolve
from rusta_conductor.version import rusta_version
from rusta_schemas.base import JsonObject

OLDEST_PYTHON = (3, 11)
ROOM_MIB = 512


@dataclass(frozen=True)
class Check:
    """What a check found. ``ok`` is None when something optional is missing; ``advice`` says what to do."""

    name: str
    ok: bool | None
    summary: str
    advice: str = ""
    detail: JsonObject = field(default_factory=dict)


def run_checks(host: PluginHost, home: Path) -> list[Check]:
    """Run the checks of all plugins, in the order of their declaration. One that raises counts as failed."""
    found: list[Check] = []
    for spec in host.checks.values():
        try:
            check = cast(Callable[[Path], object], resolve(spec.handler))(home)
            if not isinstance(check, Check):
                raise TypeError(f"it returned {type(check).__name__}, not a Check")
        except Exception as error:  # a stranger's check may raise anything
            owner = host.owners.get(("rusta_checks", spec.name), "?")
            found.append(
                Check(
                    spec.name,
                    False,
                    f"{spec.summary}: the check itself failed: {type(error).__name__}: {error}",
                    f"This is a fault of plugin {owner!r}; tell its author.",
                )
            )
            continue
        found.append(check)
    return found


def check_python(_home: Path) -> Check:
    """Python is new enough, and every library that rusta needs is there."""
    version = platform.python_version()
    missing: list[str] = []
    libraries: JsonObject = {}
    for name in _requirements():
        try:
            libraries[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    detail: JsonObject = {"python": version, "rusta": rusta_version(), "libraries": libraries}
    summary = f"rusta {rusta_version()}, Python {version}, {len(libraries)} libraries"
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        return Check("python", False, summary, f"Use Python {wanted} or newer.", detail)
    if missing:
        advice = f"pip install {' '.join(missing)}"
        return Check("python", False, f"{summary}; missing: {', '.join(missing)}", advice, detail)
    return Check("python", True, summary, detail=detail)


def check_home(home: Path) -> Check:
    """The state folder can be written, is nobody else's business, and has room."""
    place = home
    while not place.exists() and place != place.parent:
        place = place.parent
    room = shutil.disk_usage(place).free >> 20
    detail: JsonObject = {"path": str(home), "exists": home.exists(), "free_mib": room}
    summary = f"{home} ({room:,} MiB free)"
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        advice = "Set RUSTA_HOME to a folder you own."
        return Check("home", False, f"{summary}: {place} cannot be written", advice, detail)
    if room < ROOM_MIB:
        advice = f"Free some space there, or set RUSTA_HOME to another disk ({ROOM_MIB} MiB)."
        return Check("home", False, f"{summary}: too little room", advice, detail)
    if not home.exists():
        return Check("home", True, f"{summary}, made at the first use", detail=detail)
    mode = stat.S_IMODE(home.stat().st_mode)
    detail["mode"] = f"{mode:03o}"
    if mode & 0o077:
        advice = f"The logs hold your sources. chmod 700 {home}"
        return Check("home", None, f"{summary}: others may look into it ({mode:03o})", advice, detail)
    return Check("home", True, summary, detail=detail)


def check_sandbox(home: Path) -> Check:
    """Every rung of the ladder is really tried; the best that works is used."""
    from rusta_conductor.sandbox import Rung, choose_rung, probe_rungs
    from rusta_conductor.sandbox.errors import SandboxError

    reports = probe_rungs(home, fresh=True)
    detail: JsonObject = {"rungs": [{"rung": str(r.rung), "ok": r.ok, "why": r.why, "ms": r.ms} for r in reports]}
    try:
        chosen = choose_rung(home)
    except SandboxError as error:
        return Check("sandbox", False, str(error), "Change or unset RUSTA_SANDBOX.", detail)
    detail["chosen"] = str(chosen.rung)
    failed = [report for report in reports if not report.ok]
    reasons = "\n".join(f"{report.rung}: {report.why}" for report in failed)
    summary = f"{chosen.rung}: {chosen.why}"
    if chosen.rung is Rung.NONE:
        advice = "Nothing can be tried out here. Install bubblewrap (apt-get install bubblewrap)."
        return Check("sandbox", False, summary, f"{reasons}\n{advice}", detail)
    if chosen.rung is not Rung.OVERLAY:
        return Check("sandbox", None, f"{summary} (a better rung does not work)", reasons, detail)
    others = ", ".join(
        f"{report.rung} {'works' if report.ok else 'does not'}"
        for report in reports
        if report.rung not in (chosen.rung, Rung.NONE)
    )
    return Check("sandbox", True, f"{summary}; {others}", detail=detail)


def check_native(_home: Path) -> Check:
    """The native library and launcher are there and keep their promises; everything works without them."""
    import rusta_native

    status = rusta_native.status()
    detail: JsonObject = {
        "path": str(status.path) if status.path else None,
        "abi": status.abi,
        "features": list(status.features),
        "stale": status.stale,
    }
    if not status.available:
        advice = "Optional. It is built from source when the toolchain is there."
        return Check("native", None, status.reason, advice, detail)
    if status.stale:
        summary = f"{status.reason}, from other sources than those in this checkout"
        advice = "What is new in the sources runs without it, slower. Build it anew: python3 hatch_build.py"
        return Check("native", None, summary, advice, detail)
    return Check("native", True, status.reason, detail=detail)


def check_plugins(_home: Path) -> Check:
    """Every installed plugin could be used."""
    host = PluginHost()  # never strict: this is where the problems are listed
    host.load_installed()
    detail: JsonObject = {"plugins": {name: list(info.problems) for name, info in host.plugins.items()}}
    if host.problems:
        names = sorted({name for name, _ in host.problems})
        summary = f"{len(names)} of {len(host.plugins)} with problems: {', '.join(names)}"
        return Check("plugins", False, summary, "'rusta plugins' says what is wrong.", detail)
    return Check("plugins", True, f"{len(host.plugins)} loaded: {', '.join(host.plugins)}", detail=detail)


def check_bundles(home: Path) -> Check:
    """No application of a bundle waits to be finished. Nothing is changed here; apply or rollback does that."""
    from rusta_conductor.bundles import interrupted_bundles

    waiting = interrupted_bundles(home)
    if not waiting:
        return Check("bundles", True, "none half applied")
    return Check(
        "bundles",
        False,
        f"{len(waiting)} half applied",
        "\n".join(map(str, waiting)),
        {"interrupted": [{"bundle": w.bundle, "root": w.root} for w in waiting]},
    )


def _requirements() -> list[str]:
    """The names of the libraries that our distribution needs, without its extras."""
    try:
        lines = metadata.requires(OWN_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return []
    plain = (line for line in lines if "extra ==" not in line)
    return [line.split(";")[0].split("[")[0].split(">")[0].split("=")[0].strip(" <~!") for line in plain]
