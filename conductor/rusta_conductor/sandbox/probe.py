"""Which rungs of the ladder this machine has: each one is really tried, nothing is assumed."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rusta_conductor.sandbox.errors import SandboxError
from rusta_conductor.sandbox.lanes import acquire_lane
from rusta_conductor.sandbox.machine import machine_key
from rusta_conductor.sandbox.model import Layout, Limits, Rung, RungReport
from rusta_conductor.sandbox.sandbox import Sandbox

RETRY_FAILED_S = 60.0
FORCE = "RUSTA_SANDBOX"
# writes, must not see the secret, must not reach the host's listener
_SCRIPT = """\
echo ran >probe-out || exit 10
cat "$1" >/dev/null 2>&1 && exit 11
echo changed 2>/dev/null >"$1"
[ "$(cat kept)" = kept ] && [ ! -e removed ] || exit 13
if [ -x /bin/bash ]; then
  /bin/bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0' "$2" 2>/dev/null && exit 14
fi
exit 0
"""
_FAULTS = {
    10: "a command could not write into its tree",
    11: "a command could read a file outside",
    13: "a command did not see its tree as it was laid",
    14: "a command could connect to the host",
}


def probe_rungs(home: Path, *, fresh: bool = False) -> list[RungReport]:
    """Try every rung, best first; the last one, "none", always works. fresh: ignore the cache.

    Results are kept per boot, kernel, bwrap and launcher version; failures for a minute only.
    """
    note = home / "cache" / "sandbox-rungs.json"
    key = machine_key()
    if not fresh and (cached := _load(note, key)) is not None:
        return cached
    reports = [_try(home, rung) for rung in Rung if rung is not Rung.NONE]
    reports.append(RungReport(Rung.NONE, True, "reading tools only, no command is run", 0))
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = note.with_suffix(f".{os.getpid()}")
        rows = [asdict(report) for report in reports]
        temporary.write_text(json.dumps({"key": key, "at": time.time(), "rungs": rows}), "utf-8")
        temporary.replace(note)
    return reports


def choose_rung(home: Path, *, fresh: bool = False) -> RungReport:
    """The best rung that works, or the one RUSTA_SANDBOX names.

    Raises SandboxError when the named rung is unknown or does not work here.
    """
    forced = os.environ.get(FORCE)
    if forced:
        names = [rung.value for rung in Rung]
        if forced not in names:
            raise SandboxError(f"{FORCE}={forced!r} is no rung; use one of {', '.join(names)}")
        report = next(r for r in probe_rungs(home, fresh=fresh) if r.rung == forced)
        if not report.ok:
            raise SandboxError(f"{FORCE}={forced}: this rung does not work here: {report.why}")
        return RungReport(report.rung, True, f"forced by {FORCE}; {report.why}", report.ms)
    return next(report for report in probe_rungs(home, fresh=fresh) if report.ok)


def _try(home: Path, rung: Rung) -> RungReport:
    started = time.monotonic()
    try:
        why, ok = _exercise(home, rung), True
    except (SandboxError, OSError) as error:
        why, ok = str(error), False
    return RungReport(rung, ok, why, round((time.monotonic() - started) * 1000))


def _exercise(home: Path, rung: Rung) -> str:
    with (
        acquire_lane(home, "probe") as lane,
        acquire_lane(home, "probe-tree") as beside,
        _listener() as port,
    ):
        root, secret = _example(beside.scratch)
        with Sandbox(rung, "probe", Layout(root), lane) as sandbox:
            sandbox.set_tree({"removed": None})
            argv = ["/bin/sh", "-c", _SCRIPT, "sh", str(secret), str(port)]
            done = sandbox.run(argv, limits=Limits(wall_s=20))
            if done.exit_code != 0:
                detail = _FAULTS.get(done.exit_code or 0, f"the trial ended with {done}")
                raise SandboxError(f"{detail}; {done.stderr.decode('utf-8', 'replace').strip()}")
            if sandbox.changes() != {"probe-out": b"ran\n", "removed": None}:
                raise SandboxError("what the command wrote is not the change set")
        if sorted(path.name for path in root.iterdir()) != ["kept", "removed"]:
            raise SandboxError("a command could change the tree on the host")
        if secret.read_text("utf-8") != "secret\n":
            raise SandboxError("a command could write a file outside")
    return "tried: a command ran, wrote, saw nothing outside, reached no network"


def _example(place: Path) -> tuple[Path, Path]:
    """A tree, and a file beside it that must not be seen; both go with the lane's folders."""
    place = place.resolve()
    root = place / "tree"
    root.mkdir(parents=True)
    for path in (root / "kept", root / "removed", place / "secret"):
        path.write_text(f"{path.name}\n", "utf-8")
    return root, place / "secret"


@contextlib.contextmanager
def _listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def _load(note: Path, key: list[str]) -> list[RungReport] | None:
    try:
        raw = json.loads(note.read_text("utf-8"))
        rows = raw["rungs"]
        reports = [RungReport(Rung(r["rung"]), r["ok"], r["why"], r["ms"]) for r in rows]
        age = time.time() - float(raw["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if raw.get("key") != key or [report.rung for report in reports] != list(Rung):
        return None
    failed = any(not report.ok for report in reports)
    return None if failed and not 0 <= age < RETRY_FAILED_S else reports
