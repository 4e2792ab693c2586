"""The launcher as a program: exit statuses, reports, refusals, signals, and its overlay mode."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import rusta_native

SYSTEM = [w for p in ("/usr", "/bin", "/lib", "/lib64") for w in ("--exec", p)]
SYSTEM += ["--read", "/etc/ld.so.cache", "--device", "/dev/null"]
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def launcher() -> str:
    path = rusta_native.launcher_path()
    if path is None:
        pytest.skip("the native launcher is not built")
    done = subprocess.run([path, *SYSTEM, "--", "/bin/true"], capture_output=True, check=False)
    if b"no Landlock" in done.stderr:
        pytest.skip("this kernel has no Landlock")
    return str(path)


@pytest.fixture
def held(launcher: str, tmp_path: Path) -> Run:
    def run(*argv: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[bytes]:
        words = [launcher, *SYSTEM, "--write", str(tmp_path), "--dir", str(tmp_path)]
        return subprocess.run([*words, "--no-network", *options, "--", *argv], capture_output=True, check=False)

    return run


def test_exit_statuses_are_mirrored(held: Run, tmp_path: Path) -> None:
    """The command's own, 128 + signal, 126 and 127 when it cannot be started."""
    assert held("/bin/sh", "-c", "exit 42").returncode == 42
    assert held("/bin/sh", "-c", "kill -TERM $$").returncode == 128 + signal.SIGTERM
    assert held("/no/such").returncode == 127
    (tmp_path / "plain").write_text("")
    assert held("./plain").returncode == 126


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "no command was given"),
        (["--frob"], "unknown option"),
        (["--limit", "x"], "not NAME=N"),
        (["--parent", "1", "--", "true"], "the owner has gone"),
        (["--dir", "/no/such", "--", "true"], "/no/such"),
    ],
)
def test_what_cannot_be_held_is_not_run(launcher: str, words: list[str], sentence: str) -> None:
    """Exit 125 with a sentence."""
    done = subprocess.run([launcher, *words], capture_output=True, check=False, text=True)
    assert done.returncode == 125
    assert sentence in done.stderr


def test_help_and_report(launcher: str, held: Run) -> None:
    """Help is printed; the report says what is enforced, when it starts and who was left."""
    assert b"--no-network" in subprocess.run([launcher, "--help"], capture_output=True).stdout
    read, write = os.pipe()
    words = [launcher, *SYSTEM, "--report-fd", str(write), "--", "/bin/sh", "-c", "sleep 60 &"]
    assert subprocess.run(words, pass_fds=[write], check=False).returncode == 0
    os.close(write)
    with os.fdopen(read) as report:
        enforced, started, left = report.read().splitlines()
    assert enforced.startswith("landlock abi=")
    assert enforced.endswith("seccomp=yes")
    assert (started, left) == ("s", "n 1")


def test_limits_reach_the_command(held: Run) -> None:
    """Soft and hard alike; core files are always off."""
    limits = ("--limit", "nofile=50", "--limit", "fsize=1024")
    done = held("/bin/sh", "-c", "ulimit -n; ulimit -Hn; ulimit -f; ulimit -c", options=limits)
    assert done.stdout.split() == [b"50", b"50", b"2", b"0"]


def test_capabilities_are_gone(held: Run) -> None:
    """Also for root, also after a set-user-id program."""
    done = held("/bin/sh", "-c", "chroot / true; chown 1:1 . ; mknod b b 1 1; kill -0 1")
    assert done.stderr.count(b"ermitted") + done.stderr.count(b"denied") >= 3


def test_modes_and_times_only_in_writable_folders(held: Run, tmp_path: Path) -> None:
    """By absolute and relative path, through links and folders' descriptors."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.write_text("x")
    outside.chmod(0o600)
    os.utime(outside, (9, 9))
    (tmp_path / "link").symlink_to(outside)
    (tmp_path / "f").write_text("x")
    script = (
        f"chmod 640 f; touch -d @77 f; chmod 777 {outside} link ../{outside.name};"
        f"touch {outside} link; touch -h -d @5 link; chmod 4755 f; chmod 777 /proc/self/cwd/f;"
        "mkdir d; chmod 711 d; cp -p f g; stat -c '%a %Y' f d g"
    )
    done = held("/bin/sh", "-c", script)
    shown = done.stdout.decode().split()
    assert shown[0] == "755"  # no set-user-id bit
    assert shown[1] == "77"
    assert shown[2] == "711"
    assert shown[4:6] == ["755", "77"]
    assert outside.stat().st_mode & 0o777 == 0o600
    assert outside.stat().st_mtime == 9


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_passed_on(launcher: str, tmp_path: Path, number: signal.Signals) -> None:
    """The command may react; the launcher reports what it made of it."""
    name = number.name.removeprefix("SIG")
    script = f"trap 'exit 33' {name}; echo >ready; while :; do sleep 0.01; done"
    process = start(launcher, tmp_path, script)
    process.send_signal(number)
    assert process.wait(30) == 33


def test_kill_all_at_once(launcher: str, tmp_path: Path) -> None:
    """SIGUSR1 (and the owner's death, SIGHUP) ends even what ignores every signal."""
    for number in (signal.SIGUSR1, signal.SIGHUP):
        mark = f"66{os.getpid()}{number}"
        script = f"trap '' INT TERM HUP; setsid sleep {mark} & echo >ready; while :; do :; done"
        process = start(launcher, tmp_path, script)
        process.send_signal(number)
        assert process.wait(30) == 137
        assert not alive(mark)


def test_the_launchers_own_death_ends_everything(launcher: str, tmp_path: Path) -> None:
    """Even killed with SIGKILL it leaves nothing running (where signals are scoped: ABI 6)."""
    mark = f"55{os.getpid()}"
    process = start(launcher, tmp_path, f"setsid sleep {mark} & echo >ready; sleep {mark}")
    process.kill()
    process.wait()
    end = time.monotonic() + 20
    while alive(mark) and time.monotonic() < end:
        time.sleep(0.02)
    assert not alive(mark)


def start(launcher: str, place: Path, script: str) -> subprocess.Popen[bytes]:
    ready = place / "ready"
    ready.unlink(missing_ok=True)
    words = [launcher, *SYSTEM, "--write", str(place), "--dir", str(place)]
    process = subprocess.Popen([*words, "--", "/bin/sh", "-c", script])
    end = time.monotonic() + 30
    while not ready.exists():
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.01)
    return process


def alive(mark: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().split(b"\0")[1:2] == [mark.encode()]:
                return True
        except OSError:
            continue
    return False


def test_overlay_mode_needs_its_folders(launcher: str, tmp_path: Path) -> None:
    """What is missing is named, and nothing is run."""
    done = subprocess.run(
        [launcher, "--overlay", str(tmp_path), "--", "/bin/echo", "ran"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 125
    assert done.stdout == b""
    assert b"cannot mount the overlay" in done.stderr or b"user namespace" in done.stderr
