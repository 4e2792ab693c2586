"""What a command sees on the bwrap rungs: a small read-only system and the folders it was given."""

from __future__ import annotations

import functools
import os
import shutil
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path

from rusta_conductor.sandbox.errors import SandboxError
from rusta_conductor.sandbox.model import Layout, Limits

SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
HOME = "/tmp/home"
USER_ID = 1000
PROC_SECRETS = (
    "kcore",
    "kmsg",
    "kpagecgroup",
    "kpagecount",
    "kpageflags",
    "keys",
    "key-users",
    "latency_stats",
    "mtrr",
    "sched_debug",
    "slabinfo",
    "sysrq-trigger",
    "timer_list",
    "vmallocinfo",
)


@functools.cache
def bwrap_program() -> tuple[str, str]:
    """Path of bwrap and the text of its help, which says what this version can do."""
    path = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin") or shutil.which("bwrap")
    if path is None:
        raise SandboxError("bubblewrap is not installed; install the package `bubblewrap`")
    done = subprocess.run([path, "--help"], capture_output=True, text=True, check=False)
    return path, done.stdout + done.stderr


def isolation_args() -> list[str]:
    """Own namespaces of every kind, no capabilities, an end together with the caller."""
    program, help_text = bwrap_program()
    args = [program, "--unshare-user", "--uid", str(USER_ID), "--gid", str(USER_ID)]
    args += ["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-net"]
    args += ["--unshare-cgroup-try", "--hostname", "rusta", "--die-with-parent"]
    args += ["--new-session", "--as-pid-1", "--cap-drop", "ALL"]
    if "--disable-userns" in help_text:
        args.append("--disable-userns")
    return args


def mount_args(layout: Layout, shown: Path, etc: Path, writable: Iterable[Path], limits: Limits) -> list[str]:
    """Mounts. shown: the folder that appears at layout.root; writable: shown at their own path."""
    sized = ["--size", str(limits.tmp_bytes)] if "--size" in bwrap_program()[1] else []
    args = ["--ro-bind", "/usr", "/usr"]
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            args += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            args += ["--ro-bind", name, name]
    args += [
        "--proc",
        "/proc",
        *_mask_args(),
        "--remount-ro",
        "/proc",
        "--dev",
        "/dev",
        *sized,
        "--tmpfs",
        "/dev/shm",
    ]
    args += ["--ro-bind", str(etc), "/etc", "--perms", "1777", *sized, "--tmpfs", "/tmp"]
    args += ["--dir", HOME]
    binds: dict[Path, list[str]] = {}
    for path in (*layout.read_only, *layout.extra_trees):
        binds[path] = ["--ro-bind-try", str(path), str(path)]
    binds[layout.root] = ["--bind", str(shown), str(layout.root)]
    for path in writable:
        binds[path] = ["--bind", str(path), str(path)]
    for path in sorted(binds, key=lambda path: len(path.parts)):  # outer folders first
        args += binds[path]
    for tree in layout.extra_trees:
        for path in talking_entries(tree):
            args += ["--ro-bind", "/dev/null", str(path)]
    return [*args, "--remount-ro", "/dev", "--remount-ro", "/"]


def _mask_args() -> list[str]:
    """A real root stays the owner of /proc's files, also without capabilities: hide them.

    For the same reason /proc is mounted read-only: sysctl files belong to that owner.
    """
    if os.geteuid() != 0:
        return []
    present = (path for path in (f"/proc/{name}" for name in PROC_SECRETS) if Path(path).exists())
    return [word for path in present for word in ("--ro-bind", "/dev/null", path)]


def talking_entries(tree: Path) -> list[Path]:
    """Sockets and FIFOs in a read-only tree: read-only mounts do not stop a talk through them."""
    found = []
    for folder, _, names in os.walk(tree):
        for name in names:
            path = Path(folder, name)
            mode = path.lstat().st_mode
            if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
                found.append(path)
    return found
