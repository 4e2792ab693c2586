"""Commands on every rung: results, input, environment, limits, the kill ladder, cancellation."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from rusta_conductor.sandbox import (
    Completed,
    Limits,
    Rung,
    Sandbox,
    SandboxError,
    SandboxRefused,
)
from rusta_conductor.sandbox.lanes import VOLATILE


def sh(sandbox: Sandbox, script: str, **more: object) -> Completed:
    return sandbox.run(["/bin/sh", "-c", script], **more)  # type: ignore[arg-type]


def test_a_result_is_complete(sandbox: Sandbox) -> None:
    """Exit code, both streams and the argv come back; nothing was cut or stopped."""
    done = sh(sandbox, "echo out; echo err >&2; exit 3")
    assert (done.exit_code, done.signal, done.stopped) == (3, None, None)
    assert (done.stdout, done.stderr) == (b"out\n", b"err\n")
    assert not done.stdout_truncated
    assert not done.ok
    assert done.argv == ("/bin/sh", "-c", "echo out; echo err >&2; exit 3")


def test_a_signal_is_told_from_an_exit_code(sandbox: Sandbox) -> None:
    """Death by a signal is named, and the shell's remark about it does not get into stderr."""
    done = sh(sandbox, "kill -SEGV $$")
    assert (done.exit_code, done.signal, done.stderr) == (None, signal.SIGSEGV, b"")


def test_a_missing_program_is_a_result(sandbox: Sandbox) -> None:
    """127 as in a shell, with a message, not an error of the sandbox."""
    done = sandbox.run(["/no/such/program"])
    assert done.exit_code == 127
    assert b"no/such/program" in done.stderr


def test_input_arrives_whole(sandbox: Sandbox) -> None:
    """More than a pipe holds goes in, and its end is seen."""
    data = os.urandom(300_000)
    done = sandbox.run(["cat"], stdin=data)
    assert done.stdout == data
    assert sandbox.run(["cat"]).stdout == b""
    assert sandbox.run(["cat"], stdin=b"").stdout == b""


def test_input_that_nobody_reads_blocks_nothing(sandbox: Sandbox) -> None:
    """A command may end before it has read its input."""
    assert sandbox.run(["true"], stdin=b"x" * 3_000_000).exit_code == 0


def test_environment_is_an_allow_list(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the caller's environment gets in but what is given."""
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    lines = sandbox.run(["env"], env={"GIVEN": "a b\n=c"}).stdout
    assert b"hunter2" not in lines
    assert b"GIVEN=a b\n=c" in lines
    assert f"TMPDIR={sandbox.scratch}".encode() in lines
    names = {line.split(b"=")[0] for line in lines.splitlines() if b"=" in line}
    assert names <= {b"GIVEN", b"", b"PATH", b"HOME", b"TMPDIR", b"LANG", b"PWD"}


def test_working_folder(sandbox: Sandbox) -> None:
    """cwd is relative to the tree's root, and cannot lead out of it."""
    assert sandbox.run(["pwd"]).stdout.decode().strip() == str(sandbox.root)
    inside = sandbox.run(["pwd"], cwd="src/deep").stdout.decode().strip()
    assert inside == str(sandbox.root / "src/deep")
    with pytest.raises(SandboxRefused, match="normalised"):
        sandbox.run(["pwd"], cwd="../..")
    with pytest.raises(SandboxError):
        sandbox.run(["pwd"], cwd="nowhere")


def test_descriptors_do_not_leak(sandbox: Sandbox) -> None:
    """A command gets its three streams, and a hundred runs leave no descriptor behind here."""
    if sandbox.rung is not Rung.LANDLOCK:  # no /proc to look at there
        listed = sandbox.run(["sh", "-c", "ls /proc/self/fd"]).stdout.split()
        assert listed == [b"0", b"1", b"2", b"3"]  # 3 is ls's own look
    before = len(list(Path("/proc/self/fd").iterdir()))
    threads = threading.active_count()
    for _ in range(20):
        sandbox.run(["true"], stdin=b"x")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert threading.active_count() == threads


def test_output_keeps_head_and_tail(sandbox: Sandbox) -> None:
    """A long output is cut in the middle and says by how much; the command ran to its end."""
    script = "echo first; yes middle | head -c 3000000; echo last; exit 4"
    done = sh(sandbox, script, limits=Limits(output_bytes=1000))
    assert done.exit_code == 4
    assert done.stdout_truncated
    assert done.stdout.startswith(b"first\n")
    assert done.stdout.endswith(b"last\n")
    assert b"3000011" not in done.stdout
    assert b"[... 2999011 bytes dropped ...]" in done.stdout


def test_timeout_climbs_the_ladder(sandbox: Sandbox) -> None:
    """SIGINT first; a command that ignores it and SIGTERM is killed."""
    gentle = sh(sandbox, "sleep 60", limits=Limits(wall_s=0.3, grace_s=30))
    assert (gentle.stopped, gentle.signal) == ("timeout", signal.SIGINT)
    script = "trap '' INT TERM; echo on; while :; do sleep 0.01; done"
    stubborn = sh(sandbox, script, limits=Limits(wall_s=0.5, grace_s=0.1))
    assert (stubborn.stopped, stubborn.signal) == ("timeout", signal.SIGKILL)
    assert stubborn.stdout == b"on\n"


def test_a_command_may_clean_up_on_sigint(sandbox: Sandbox) -> None:
    """Output written in the grace time is kept, and so is the exit code."""
    script = "trap 'echo bye; exit 9' INT; echo on; while :; do sleep 0.01; done"
    done = sh(sandbox, script, limits=Limits(wall_s=0.5, grace_s=20))
    assert (done.stopped, done.exit_code, done.stdout) == ("timeout", 9, b"on\nbye\n")


def test_cancellation(sandbox: Sandbox) -> None:
    """Setting the event ends the run; a set event ends it at once."""
    cancel = threading.Event()
    timer = threading.Timer(0.3, cancel.set)
    timer.start()
    done = sh(sandbox, "sleep 60", cancel=cancel)
    timer.join()
    assert done.stopped == "cancelled"
    assert sh(sandbox, "sleep 60", cancel=cancel).stopped == "cancelled"


def test_per_process_limits(sandbox: Sandbox) -> None:
    """File size, open files, address space, CPU time and core files are limited."""
    limits = Limits(file_bytes=8192, open_files=64, memory_bytes=512 << 20, cpu_s=1)
    done = sh(sandbox, "dd if=/dev/zero of=big bs=1024 count=100; ls -l big", limits=limits)
    assert len(sandbox.read("big")) == 8192
    shown = sh(sandbox, "ulimit -n; ulimit -v; ulimit -c; ulimit -t", limits=limits)
    assert shown.stdout.split() == [b"64", b"524288", b"0", b"1"]
    spin = sh(sandbox, "while :; do :; done", limits=limits)
    assert spin.signal in (signal.SIGXCPU, signal.SIGKILL)
    assert spin.stopped is None
    assert done.stopped is None


def test_a_closed_sandbox_runs_nothing(sandbox: Sandbox) -> None:
    """After close there is neither tree nor run."""
    sandbox.close()
    with pytest.raises(SandboxError, match="closed"):
        sandbox.run(["true"])


def test_nonsense_is_refused(sandbox: Sandbox) -> None:
    """An empty command and a NUL byte are no commands."""
    for argv in ([], ["a\0b"]):
        with pytest.raises(SandboxRefused, match="not a command"):
            sandbox.run(argv)


def test_target_and_scratch_are_writable_and_the_same_outside(sandbox: Sandbox) -> None:
    """Both paths mean the same folder inside and outside."""
    assert sh(sandbox, f'echo a >"{sandbox.target}/t"; echo b >"{sandbox.scratch}/s"').ok
    assert (sandbox.target / "t").read_bytes() == b"a\n"
    assert (sandbox.scratch / "s").read_bytes() == b"b\n"
    assert sandbox.changes() == {}


def test_runs_from_threads_wait_for_each_other(sandbox: Sandbox) -> None:
    """Two runs never share the tree at a time."""
    script = "set -C; echo >lock; sleep 0.2; rm lock"
    results: list[Completed] = []
    threads = [threading.Thread(target=lambda: results.append(sh(sandbox, script))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [done.exit_code for done in results] == [0, 0, 0]


def test_commands_leave_no_folders_behind(sandbox: Sandbox) -> None:
    """However many ran, short or long: what one of them left is gone with the next, the last with the sandbox."""
    place = sandbox.lane.path
    for command in (["true"], ["true"], ["sleep", "0.2"], ["true"]):
        assert sandbox.run(command).ok
        assert {entry.name for entry in place.iterdir()} <= {*VOLATILE, "target", "lock", "state.json"}
    sandbox.close()
    assert {entry.name for entry in place.iterdir()} == {"target", "lock", "state.json"}


@pytest.mark.skipif(not Path("/usr/bin/cc").exists(), reason="no C compiler here")
def test_a_compiler_works(sandbox: Sandbox) -> None:
    """Compile, link, mark executable and run: what a build script does."""
    source = b'#include <stdio.h>\nint main(void) { puts("made here"); return 0; }\n'
    sandbox.set_tree({"main.c": source})
    script = "cc -o prog main.c && ./prog && cp prog copy && chmod 755 copy && ./copy"
    done = sh(sandbox, script)
    assert done.stdout == b"made here\nmade here\n", done.stderr
    assert {"main.c", "prog", "copy"} == set(sandbox.changes())
