"""Rungs overlay and bwrap-copy: how a command is started inside bubblewrap."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from rusta_conductor.sandbox.etc import etc_folder
from rusta_conductor.sandbox.folder import remove_entry
from rusta_conductor.sandbox.landlock import launcher
from rusta_conductor.sandbox.lanes import Lane
from rusta_conductor.sandbox.model import Layout, Limits
from rusta_conductor.sandbox.seccomp import program
from rusta_conductor.sandbox.supervisor import Launch
from rusta_conductor.sandbox.view import isolation_args, mount_args

# Runs as the namespace's init. Its stdin is the supervisor's socket: it says that it is ready (by
# now it dies with bwrap, and bwrap with the owner), a line back means "go", nothing means that the
# owner has gone. $1: folder, $2: 1 when the command gets the rest of the socket as
# its input. The shell outlives INT and TERM, which go to the whole group, and keeps its remarks
# about the command's death to itself. Zombies are not survivors.
INNER = """\
echo r >&0
read -r go || exit 125
{limits}cd -- "$1" || exit 125
unset OLDPWD
input=$2
shift 2
echo s >&0
exec 3>&2 2>/dev/null
trap : INT TERM
(
  trap - INT TERM
  [ "$input" = 1 ] || exec </dev/null
  exec 2>&3 3>&-
  exec "$@"
)
code=$?
count=0
for p in /proc/[0-9]*; do
  [ "$p" = /proc/1 ] && continue
  read -r line <"$p/stat" || continue
  case "$line" in *") Z "*) ;; *) count=$((count + 1)) ;; esac
done
echo "n $count" >&0
exit "$code"
"""

# Runs as root of its own user and mount namespace, in the lane's folder. Names are relative, so
# no character of a path can be taken for an option of the mount.
OUTER = """\
/bin/mount -n -i -t overlay rusta -o lowerdir=lower,upperdir=upper,workdir=work,userxattr,volatile \
merged || exit 126
exec "$@"
"""


def limit_lines(limits: Limits) -> str:
    """Shell lines that set the per-process limits (units: 512-byte blocks, KiB, seconds)."""
    lines = ["ulimit -c 0"]
    if limits.file_bytes:
        lines.append(f"ulimit -f {-(-limits.file_bytes // 512)}")
    if limits.open_files:
        lines.append(f"ulimit -n {limits.open_files}")
    if limits.memory_bytes:
        lines.append(f"ulimit -v {-(-limits.memory_bytes // 1024)}")
    if limits.cpu_s:
        lines.append(f"ulimit -t {limits.cpu_s}")
    if limits.processes:
        # -u in bash, -p in dash; counted per user namespace, no limit for a real root
        lines.append(f"{{ ulimit -u {limits.processes} || ulimit -p {limits.processes}; }}")
    return "".join(f"{line} 2>/dev/null || :\n" for line in lines)


class BwrapRunner:
    """Starts commands for one sandbox. overlay: mount the lane's overlay first."""

    inner = True

    def __init__(self, layout: Layout, lane: Lane, *, overlay: bool) -> None:
        self.layout, self.lane, self.overlay = layout, lane, overlay
        self.root = layout.root
        self._etc = etc_folder(lane.home)
        self._launcher = launcher()
        self._filter = program()
        self._mounts: dict[int, list[str]] = {}
        if overlay:
            (lane.path / "lower").symlink_to(layout.root)
            (lane.path / "merged").mkdir()

    def launch(self, argv: Sequence[str], env: Mapping[str, str], folder: Path, limits: Limits) -> Launch:
        """How to start argv in folder (a path inside)."""
        if self.overlay:
            self._lay_work()
        filter_fd = _pipe_with(self._filter) if self._filter else -1

        def build(status_fd: int, has_stdin: bool) -> list[str]:
            args = [*self._outer(), *isolation_args(), *self._mount_args(limits)]
            if filter_fd >= 0:
                args += ["--seccomp", str(filter_fd)]
            args += ["--info-fd", str(status_fd), "--", "/bin/sh", "-c"]
            script = INNER.format(limits=limit_lines(limits))
            return [*args, script, "sh", str(folder), "1" if has_stdin else "0", *argv]

        fds = (filter_fd,) if filter_fd >= 0 else ()
        return Launch(build, dict(env), self.lane.path, True, fds, self._clear_used if self.overlay else None)

    def _outer(self) -> list[str]:
        if not self.overlay:
            return []
        if self._launcher is not None:  # the same in one process instead of three
            return [str(self._launcher), "--overlay", str(self.lane.path), "--"]
        unshare = ["/usr/bin/unshare", "--user", "--map-root-user", "--mount"]
        return [*unshare, "/bin/sh", "-c", OUTER, "sh"]

    def _mount_args(self, limits: Limits) -> list[str]:
        cached = self._mounts.get(limits.tmp_bytes)
        if cached is None:
            shown = self.lane.path / ("merged" if self.overlay else "tree")
            writable = (self.lane.target, self.lane.scratch)
            cached = mount_args(self.layout, shown, self._etc, writable, limits)
            self._mounts[limits.tmp_bytes] = cached
        return cached

    def _lay_work(self) -> None:
        """A new work folder each time: `volatile` spares a sync of the whole disk at unmount, and
        the mark it leaves in the work folder would refuse the next mount. Removing folders waits for
        the disk's journal, so the last one is only put aside, and removed while the command runs."""
        self._clear_used()  # the last command was too short for it
        with contextlib.suppress(FileNotFoundError):
            (self.lane.path / "work").rename(self.lane.path / "used")
        (self.lane.path / "work").mkdir(mode=0o700)

    def _clear_used(self) -> None:
        parent = os.open(self.lane.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with contextlib.suppress(FileNotFoundError):
                remove_entry("used", parent)
        finally:
            os.close(parent)


def _pipe_with(data: bytes) -> int:
    """Read end of a pipe that holds data; a filter is far smaller than a pipe."""
    read, write = os.pipe2(os.O_CLOEXEC)
    try:
        os.write(write, data)
    finally:
        os.close(write)
    return read
