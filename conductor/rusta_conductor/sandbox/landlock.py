"""Rung landlock: a command on a copy, held by the native launcher, without namespaces.

What it does not hide: names and sizes of files outside (reading them is refused), the machine's
process table is not readable at all, and programs that insist on /tmp or /dev/shm fail; they find
TMPDIR. Tests that open sockets, even to themselves, fail on this rung.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from rusta_conductor.sandbox.errors import SandboxError
from rusta_conductor.sandbox.lanes import Lane
from rusta_conductor.sandbox.model import Layout, Limits
from rusta_conductor.sandbox.supervisor import Launch

_EXECUTE = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_READ = (
    *(f"/etc/{name}" for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives")),
    *(f"/etc/{name}" for name in ("passwd", "group", "nsswitch.conf", "localtime", "os-release")),
    *(f"/proc/{name}" for name in ("cpuinfo", "meminfo", "stat", "version", "filesystems")),
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/dev/random",
    "/dev/urandom",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")


def launcher() -> Path | None:
    """The native launcher, None where it was not built."""
    try:
        from rusta_native import launcher_path
    except ImportError:
        return None
    return launcher_path()


class LandlockRunner:
    """Starts commands of one sandbox through the launcher."""

    def __init__(self, layout: Layout, lane: Lane) -> None:
        program = launcher()
        if program is None:
            raise SandboxError(
                "the native launcher is not there (not built, or RUSTA_NATIVE=0); "
                "build it with `python3 hatch_build.py`"
            )
        self.root = lane.path / "tree"
        args = [str(program), "--no-network"]
        for option, paths in (
            ("--exec", (*_EXECUTE, *layout.read_only)),
            ("--read", (*_READ, *layout.extra_trees)),
            ("--device", _DEVICES),
            ("--write", (self.root, lane.target, lane.scratch)),
        ):
            for path in paths:
                args += [option, str(path)]
        self._args = args

    def launch(self, argv: Sequence[str], env: Mapping[str, str], folder: Path, limits: Limits) -> Launch:
        """How to start argv in folder (a path inside)."""

        def build(status_fd: int, has_stdin: bool) -> list[str]:
            del has_stdin
            report = ["--report-fd", str(status_fd), "--parent", str(os.getpid())]
            held = [*self._args, *report, "--dir", str(folder), *_limit_args(limits)]
            return [*held, "--", *argv]

        return Launch(build, dict(env), self.root, inner=False)


def _limit_args(limits: Limits) -> list[str]:
    values = {
        "cpu": limits.cpu_s,
        "fsize": limits.file_bytes,
        "nofile": limits.open_files,
        "as": limits.memory_bytes,
    }
    return [word for name, n in values.items() if n for word in ("--limit", f"{name}={n}")]
