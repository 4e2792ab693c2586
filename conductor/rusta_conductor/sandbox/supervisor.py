"""Runs one command to its end in one event loop: output, limits, cancellation, the kill ladder.

No threads. The started program is one of two kinds. "bwrap" style: stdin is a socket; the inner
shell says `r` when the sandbox stands and dies with us, a line sent back lets it start the command,
then it says `s`, and in the end `n COUNT`, the number of surviving processes. "launcher" style:
rusta-launch writes the same `s` and `n` to its report pipe.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rusta_conductor.sandbox.capture import Capture
from rusta_conductor.sandbox.errors import SandboxError
from rusta_conductor.sandbox.guard import Guard
from rusta_conductor.sandbox.model import Completed, Limits, StopReason
from rusta_conductor.sandbox.usage import population

TICK_S = 0.025
DRAIN_S = 2.0
REPORT_MAX = 1 << 16
KILL_ALL = signal.SIGUSR1  # what rusta-launch understands as "end everything now"
_READ = select.POLLIN | select.POLLHUP | select.POLLERR


@dataclass(frozen=True)
class Launch:
    """How to start: build(status_fd, has_stdin) gives the argv; inner: the bwrap style. pass_fds are
    handed over: they are closed here once the program has them. meanwhile: what the command need not wait for; done once
    while it runs, left out when it ends before that."""

    build: Callable[[int, bool], Sequence[str]]
    env: dict[str, str]
    cwd: Path
    inner: bool
    pass_fds: tuple[int, ...] = ()
    meanwhile: Callable[[], None] | None = None


@dataclass(frozen=True)
class Job:
    """What to run: argv as the caller gave it, its input, limits, cancellation and guard."""

    argv: tuple[str, ...]
    stdin: bytes | None
    limits: Limits
    cancel: threading.Event | None
    guard: Guard


class Supervisor:
    """One command, once: `Supervisor(launch, job).run()`."""

    def __init__(self, launch: Launch, job: Job) -> None:
        self._launch, self._job = launch, job
        self._out = Capture(job.limits.output_bytes)
        self._err = Capture(job.limits.output_bytes)
        self._status = bytearray()
        self._report = bytearray()
        self._pending = b"" if launch.inner else (job.stdin or b"")
        self._init_pid: int | None = None
        self._ready = False
        self._init_fd = -1
        self._stopped: StopReason | None = None
        self._ladder: list[signal.Signals] = []
        self._next_step = 0.0
        self._poll = select.poll()
        self._handlers: dict[int, Callable[[int], None]] = {}

    def run(self) -> Completed:
        """Start, watch, end. SandboxError when the sandbox itself could not be laid."""
        started = time.monotonic()
        with contextlib.ExitStack() as stack:
            process = self._start(stack)
            try:
                self._loop(process, started)
            finally:
                self._end(process)
        return self._completed(process, started)

    # starting -----------------------------------------------------------------------------

    def _start(self, stack: contextlib.ExitStack) -> subprocess.Popen[bytes]:
        launch, job = self._launch, self._job
        status_r, narrow = os.pipe2(os.O_CLOEXEC)
        # open for reading too: should we die, bwrap must not fail to write its status, or it would
        # leave its child waiting for ever
        status_w = os.open(f"/proc/self/fd/{narrow}", os.O_RDWR | os.O_CLOEXEC)
        os.close(narrow)
        ours: socket.socket | None = None
        theirs: socket.socket | None = None
        if launch.inner or job.stdin is not None:
            ours, theirs = socket.socketpair()
            ours.setblocking(False)
            stack.callback(ours.close)
        try:
            process = subprocess.Popen(
                launch.build(status_w, job.stdin is not None),
                stdin=subprocess.DEVNULL if theirs is None else theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=launch.env,
                cwd=launch.cwd,
                pass_fds=(status_w, *launch.pass_fds),
                start_new_session=True,
            )
        except OSError as error:
            os.close(status_r)
            raise SandboxError(f"cannot start the sandbox program {error.filename}: {error.strerror}") from error
        finally:
            for fd in (status_w, *launch.pass_fds):
                os.close(fd)
            if theirs is not None:
                theirs.close()
        stack.callback(os.close, status_r)
        self._socket = ours
        assert process.stdout is not None
        assert process.stderr is not None
        stack.enter_context(process.stdout)
        stack.enter_context(process.stderr)
        self._pidfd = os.pidfd_open(process.pid)
        stack.callback(os.close, self._pidfd)
        stack.callback(self._close_init)
        self._watch(process.stdout.fileno(), lambda fd: self._collect(fd, self._out))
        self._watch(process.stderr.fileno(), lambda fd: self._collect(fd, self._err))
        self._watch(status_r, self._read_status)
        self._watch(self._pidfd, self._forget)
        if ours is not None:
            self._watch(ours.fileno(), self._talk, bool(self._pending) or not launch.inner)
        return process

    def _watch(self, fd: int, handler: Callable[[int], None], write: bool = False) -> None:
        self._handlers[fd] = handler
        self._poll.register(fd, _READ | (select.POLLOUT if write else 0))

    def _forget(self, fd: int) -> None:
        if self._handlers.pop(fd, None) is not None:
            self._poll.unregister(fd)

    # the loop -----------------------------------------------------------------------------

    def _loop(self, process: subprocess.Popen[bytes], started: float) -> None:
        limits = self._job.limits
        deadline = started + limits.wall_s if limits.wall_s else float("inf")
        next_check = started + TICK_S
        meanwhile = self._launch.meanwhile
        while self._pidfd in self._handlers:
            wait = max(0.0, min(next_check, deadline) - time.monotonic())
            for fd, _ in self._poll.poll(wait * 1000 + 1):
                handler = self._handlers.get(fd)
                if handler is not None:
                    handler(fd)
            now = time.monotonic()
            if now < next_check and now < deadline:
                continue
            next_check = now + TICK_S
            self._judge(process, now >= deadline)
            if meanwhile is not None and self._ready:
                meanwhile()
                meanwhile = None
            if self._ladder and now >= self._next_step:
                self._climb(process)

    def _judge(self, process: subprocess.Popen[bytes], late: bool) -> None:
        if self._stopped is not None:
            return
        job = self._job
        if job.cancel is not None and job.cancel.is_set():
            self._stop("cancelled", gently=True)
        elif late:
            self._stop("timeout", gently=True)
        elif max(self._out.total, self._err.total) > (job.limits.output_stop_bytes or 1 << 62):
            self._stop("output", gently=False)
        else:
            root = self._init_pid if self._launch.inner else process.pid
            reason = job.guard.check(root)
            if reason is not None:
                self._stop(reason, gently=False)

    def _stop(self, reason: StopReason, *, gently: bool) -> None:
        self._stopped = reason
        gentle = [signal.SIGINT, signal.SIGTERM] if gently else []
        self._ladder = [*gentle, signal.SIGKILL]
        self._next_step = 0.0

    def _climb(self, process: subprocess.Popen[bytes]) -> None:
        step = self._ladder.pop(0)
        self._next_step = time.monotonic() + self._job.limits.grace_s
        if step != signal.SIGKILL:
            self._signal(process, step)
            return
        if self._launch.inner:
            self._kill_inner(process)
        elif self._next_step and not self._ladder:
            process.send_signal(KILL_ALL)

    def _signal(self, process: subprocess.Popen[bytes], number: signal.Signals) -> None:
        if not self._launch.inner:
            process.send_signal(number)
        elif self._init_pid is None:
            process.kill()  # nothing runs inside yet
        else:
            # the namespace's init leads the session; it ignores these signals, the command not
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._init_fd, signal.SIGCONT)
                os.killpg(self._init_pid, number)

    def _kill_inner(self, process: subprocess.Popen[bytes]) -> None:
        """End the namespace's init: the kernel ends all its processes first, then bwrap ends."""
        if self._init_fd < 0:
            process.kill()
            return
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self._init_fd, signal.SIGKILL)

    # events -------------------------------------------------------------------------------

    def _collect(self, fd: int, capture: Capture) -> None:
        chunk = os.read(fd, 1 << 16)
        if chunk:
            capture.add(chunk)
        else:
            self._forget(fd)

    def _read_status(self, fd: int) -> None:
        chunk = os.read(fd, 1 << 12)
        if not chunk:
            self._forget(fd)
            return
        if len(self._status) < REPORT_MAX:
            self._status += chunk
        if self._launch.inner and self._init_pid is None:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                self._init_pid = int(json.loads(self._status)["child-pid"])
                self._init_fd = os.pidfd_open(self._init_pid)

    def _talk(self, fd: int) -> None:
        assert self._socket is not None
        try:
            with contextlib.suppress(BlockingIOError):
                data = self._socket.recv(1 << 12)
                if not data:
                    self._forget(fd)
                    return
                self._hear(data)
            if self._pending:
                sent = self._socket.send(self._pending)
                self._pending = self._pending[sent:]
            if not self._pending and (self._ready or not self._launch.inner):
                self._poll.modify(fd, _READ)
                self._socket.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass
        except OSError:
            self._forget(fd)

    def _hear(self, data: bytes) -> None:
        if len(self._report) < REPORT_MAX:
            self._report += data
        if self._launch.inner and not self._ready and self._report.startswith(b"r\n"):
            assert self._socket is not None
            self._ready = True
            self._pending = b"\n" + (self._job.stdin or b"")
            self._poll.modify(self._socket.fileno(), _READ | select.POLLOUT)

    # ending -------------------------------------------------------------------------------

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Nothing of the command is left when this returns, however the loop was left."""
        if process.poll() is None:
            if self._launch.inner:
                self._kill_inner(process)
            else:
                process.send_signal(KILL_ALL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(DRAIN_S)
            if process.poll() is None:
                _kill_tree(process)
        process.wait()
        self._await_init()
        deadline = time.monotonic() + DRAIN_S
        self._forget(self._pidfd)
        while self._handlers and (left := deadline - time.monotonic()) > 0:
            for fd, _ in self._poll.poll(left * 1000):
                handler = self._handlers.get(fd)
                if handler is not None:
                    handler(fd)

    def _await_init(self) -> None:
        """bwrap may have been killed on its own; the namespace is empty when its init has ended."""
        if self._init_fd >= 0:
            poll = select.poll()
            poll.register(self._init_fd, select.POLLIN)
            poll.poll(DRAIN_S * 1000)

    def _close_init(self) -> None:
        if self._init_fd >= 0:
            os.close(self._init_fd)

    def _completed(self, process: subprocess.Popen[bytes], started: float) -> Completed:
        report = bytes(self._report if self._launch.inner else self._status)
        if not re.search(rb"^s$", report, re.M) and self._stopped is None:
            text = self._err.value().decode("utf-8", "replace").strip() or "no message"
            raise SandboxError(
                f"the sandbox could not be laid (exit {process.returncode}): {text}; "
                "run `rusta doctor` to see which rungs work here"
            )
        code = process.returncode
        number = -code if code < 0 else code - 128 if 128 < code <= 192 else None
        counts = re.findall(rb"^n (\d{1,9})$", report, re.M)
        stopped = self._stopped or self._job.guard.final()
        return Completed(
            argv=self._job.argv,
            exit_code=None if number is not None else code,
            signal=number,
            stdout=self._out.value(),
            stderr=self._err.value(),
            stdout_truncated=self._out.truncated,
            stderr_truncated=self._err.truncated,
            stopped=stopped,
            wall_ms=round((time.monotonic() - started) * 1000),
            survivors=int(counts[-1]) if counts else 0,
        )


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Last resort when the program does not answer: end its descendants, then it."""
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in population(process.pid).pids:
            with contextlib.suppress(OSError):
                os.kill(pid, number)
    process.kill()
