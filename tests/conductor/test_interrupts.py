"""Interrupts wait for what must be done whole, and a call that is interrupted is waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rusta_conductor import interrupts
from rusta_conductor.calls import check_args, perform
from rusta_conductor.specs import ToolSpec
from rusta_conductor.testing.references import reference
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.base import Closed
from rusta_schemas.effects import Effect

NUMBERS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    interrupts.install()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_both_signals_interrupt(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_held_block_is_run_whole(number: signal.Signals) -> None:
    done = []

    def block() -> None:
        with interrupts.held():
            signal.raise_signal(number)
            signal.raise_signal(number)
            done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert done == ["whole"]
    with interrupts.held():
        pass  # it is raised once


def test_the_outermost_block_raises() -> None:
    done = []

    def blocks() -> None:
        with interrupts.held():
            with interrupts.held():
                signal.raise_signal(signal.SIGTERM)
                done.append("inner")
            done.append("outer")

    with pytest.raises(KeyboardInterrupt):
        blocks()
    assert done == ["inner", "outer"]


def test_a_blocks_own_error_comes_first() -> None:
    def block() -> None:
        with interrupts.held():
            signal.raise_signal(signal.SIGTERM)
            raise ValueError("own")

    with pytest.raises(ValueError, match="own"):
        block()
    with interrupts.held():
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


def test_other_threads_hold_nothing_up() -> None:
    inside, leave = threading.Event(), threading.Event()

    def work() -> None:
        with interrupts.held():
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(30)
    try:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    finally:
        leave.set()
        thread.join()


def test_an_ignored_ctrl_c_stays_ignored() -> None:
    code = (
        "import signal; from rusta_conductor import interrupts; interrupts.install();"
        "signal.raise_signal(signal.SIGINT); print('still here')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "still here\n", done.stderr


class NoArgs(Closed):
    """Nothing."""


CLEANED: list[str] = []
RUNNING = threading.Event()


def slow(_args: NoArgs, context: ToolContext) -> ToolResult:
    RUNNING.set()
    context.cancel.wait(60)
    time.sleep(0.3)
    CLEANED.append(context.key)
    return ToolResult("cleaned up", {})


def test_an_interrupted_call_is_waited_for(tmp_path: Path) -> None:
    """Thread.join takes a running thread for ended when it is interrupted (CPython 3.11)."""
    spec = ToolSpec("slow_tool", "Slow", Effect.READ, reference(NoArgs), reference(slow), timeout_s=60)
    context = ToolContext(None, 60, threading.Event(), "the key", 1, tmp_path)

    def interrupt() -> None:
        RUNNING.wait(30)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        perform(spec, spec.handler, check_args(spec, {}), context)
    assert CLEANED == ["the key"]
