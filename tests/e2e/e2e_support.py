"""What the end-to-end tests share: running the installed command, and looking at what it leaves."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from rusta_devlog import DevLogError, DevLogStore

RUSTA = Path(sys.executable).with_name("rusta")
MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n'
# One error with one sure repair, and a test that proves it.
BROKEN = """/// Twice.
pub fn twice(value: u32) -> u32 {
    let result = value;
    result += value;
    result
}

#[test]
fn doubles() {
    assert_eq!(twice(2), 4);
}
"""
MENDED = BROKEN.replace("let result", "let mut result")
HOPELESS = """//! Figures that only somebody else has.
pub fn rate() -> f64 {
    acme_tax_tables::current(2024).rate
}
"""
# What a sandbox lays in a lane; it is gone when nobody holds the lane.
VOLATILE = ("tree", "upper", "work", "merged", "lower", "scratch")
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_AUTO_INSTALL")
# The plugins that come with rusta, and none that happens to be installed beside it.
PLUGINS = ",".join(sorted(e.name for e in distribution("rusta").entry_points if e.group == "rusta"))

Arguments = str | os.PathLike[str]


@dataclass(frozen=True)
class Done:
    """A finished run of ``rusta``."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return f"$ rusta {' '.join(self.arguments)}\n{self.out}\n{self.err}\nexit {self.code}"

    @property
    def objects(self) -> list[dict[str, Any]]:
        """What was printed with --json."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def told(self) -> dict[str, Any]:
        """The one object that was printed with --json."""
        (told,) = self.objects
        return told


@dataclass
class Program:
    """The installed command with a state folder. Calls give a :class:`Done`; none of them may show a stack trace.

    Attributes:
        prefix: a command that runs it, such as setpriv.
    """

    home: Path
    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    prefix: Sequence[str] = ()

    def with_env(self, **env: str) -> Program:
        return Program(self.home, self.folder, {**self.env, **env}, self.prefix)

    def environment(self, **env: str) -> dict[str, str]:
        """Only what the command needs, and the plugin that comes with it."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        ours = {"RUSTA_HOME": str(self.home), "RUSTA_PLUGINS": PLUGINS, **self.env, **env}
        return {k: v for k, v in {**kept, **ours}.items() if v != "(unset)"}

    def start(self, *arguments: Arguments, **env: str) -> subprocess.Popen[str]:
        """Start it in the background, in a process group of its own."""
        return subprocess.Popen(
            [*self.prefix, RUSTA, *arguments],
            env=self.environment(**env),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="backslashreplace",
            start_new_session=True,
        )

    def __call__(self, *arguments: Arguments, code: int | Sequence[int] | None = None, **env: str) -> Done:
        return finish(self.start(*arguments, **env), arguments, code)

    def json(self, *arguments: Arguments, code: int = 0, **env: str) -> dict[str, Any]:
        """The one object a command prints with --json."""
        return self(*arguments, "--json", code=code, **env).told

    def episodes(self) -> set[str]:
        return set(DevLogStore(self.home / "devlog").episodes()) if self.home.exists() else set()

    def lines(self, episode: str) -> list[tuple[int, str]]:
        """(number, digest) of every entry that a reader finds in a log at this moment."""
        try:
            return [(item.seq, item.sha256) for item in DevLogStore(self.home / "devlog").reader(episode)]
        except DevLogError:
            return []

    def entries(self, episode: str, kind: str | None = None) -> list[dict[str, Any]]:
        """The entries of a log."""
        reader = DevLogStore(self.home / "devlog").reader(episode)
        return [dict(item.entry) for item in reader if kind in (None, item.entry["kind"])]

    def new_episode(self, known: Iterable[str], process: subprocess.Popen[str]) -> str:
        """The id of the episode that a started process opens."""
        before = set(known)
        while True:
            ended = process.poll() is not None
            fresh = [name for name in self.episodes() - before if self.lines(name)]
            if fresh:
                return fresh[0]
            assert not ended, process.communicate()
            time.sleep(0.005)

    def wait_for(self, episode: str, entries: int, process: subprocess.Popen[str]) -> bool:
        """Wait until a log has so many entries; False when the process ended before."""
        while len(self.lines(episode)) < entries:
            if process.poll() is not None:
                return len(self.lines(episode)) >= entries
            time.sleep(0.005)
        return True


def finish(
    process: subprocess.Popen[str],
    arguments: Sequence[Arguments] = (),
    code: int | Sequence[int] | None = None,
    limit_s: float = 280,
) -> Done:
    """Wait for a started command; it has ended well, or told in a sentence why not."""
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"rusta {arguments} did not end: {out}{err}") from None
    done = Done(tuple(map(os.fsdecode, arguments)), process.returncode, out, err)
    assert "Traceback" not in done.out + done.err, done.text
    assert "internal error" not in done.err, done.text
    if code is not None:
        wanted = (code,) if isinstance(code, int) else tuple(code)
        assert done.code in wanted, done.text
    return done


def complaint(done: Done) -> str:
    """The one sentence on standard error that says why a command was not done."""
    lines = [line for line in done.err.splitlines() if line.startswith("rusta: ")]
    assert len(lines) == 1, done.text
    assert done.err.splitlines()[-1] == lines[0], done.text
    return lines[0].removeprefix("rusta: ")


def without_capabilities(program: Program) -> Program:
    """The same for a user whom the modes of files bind, also when we are root."""
    if os.geteuid() != 0:
        return program
    dropped = "-dac_override,-dac_read_search"
    prefix = ("setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}")
    return Program(program.home, program.folder, program.env, prefix)


def write_files(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


class Tree:
    """A folder or file as it is now: bytes, modes, links, and all times that tell of a write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = _look(path)

    def difference(self) -> list[str]:
        """What is not as it was, by name."""
        now = _look(self._path)
        names = self._before.keys() | now.keys()
        return sorted(name for name in names if self._before.get(name) != now.get(name))


def content(path: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and bytes of every file below a folder, without what cargo builds."""
    return {
        file.relative_to(path).as_posix(): (stat.S_IMODE(file.stat().st_mode), file.read_bytes())
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.relative_to(path).parts[0] not in ("target", "Cargo.lock")
    }


def _look(path: Path) -> dict[str, tuple[object, ...]]:
    found = {}
    for place in [path, *(sorted(path.rglob("*")) if path.is_dir() else [])]:
        status = place.lstat()
        what: object = None
        if stat.S_ISREG(status.st_mode):
            what = place.read_bytes()
        elif stat.S_ISLNK(status.st_mode):
            what = place.readlink()
        found[str(place)] = (
            status.st_mode,
            status.st_ino,
            status.st_mtime_ns,
            status.st_ctime_ns,
            what,
        )
    return found


def holding(mark: str) -> dict[int, str]:
    """Processes, other than ours, that name ``mark`` in their command line, or work or have a root below it."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if mark in words or any(mark in str((folder / n).readlink()) for n in ("cwd", "root")):
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z":
                    found[int(folder.name)] = words
    return found


def gone(mark: str, patience_s: float = 20.0) -> dict[int, str]:
    """What still runs below ``mark`` once everything has had time to end. Nothing, that is."""
    end = time.monotonic() + patience_s
    while (left := holding(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def kill_leftovers(mark: str) -> list[str]:
    """End what is left below ``mark``, so that one failing test does not hurt the next; what it was."""
    left = gone(mark)
    for pid in left:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    return sorted(left.values())


def sandboxes(home: Path) -> list[str]:
    """What sandboxes have left in their lanes, and what is still mounted there."""
    left = [str(p) for name in VOLATILE for p in home.glob(f"lanes/*/*/{name}")]
    mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    return left + [line for line in mounts if str(home) in line]


def cargo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run cargo as the user would, with its output outside of the crate."""
    target = folder.with_name(f"{folder.name}-target")
    return subprocess.run(
        ["cargo", *arguments, "--offline"],
        cwd=folder,
        env={**os.environ, "CARGO_TARGET_DIR": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
