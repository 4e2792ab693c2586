"""Ctrl-C and SIGTERM become a KeyboardInterrupt, but never in the middle of what must be done whole."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_depth = 0
_waiting = False


def install() -> None:
    """Let SIGTERM end a command the way Ctrl-C does, and both wait for the end of a :func:`held` block.

    A Ctrl-C that is ignored by whoever started us stays ignored.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Run a short block whole; an interrupt that comes meanwhile is raised at its end.

    Only the main thread is ever interrupted, so elsewhere this does nothing. Where :func:`install` was not called, an
    interrupt is raised at once, as usual.

    Raises:
        KeyboardInterrupt: the user interrupted during the block, and the block itself went well.
    """
    global _depth, _waiting
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _depth += 1
    try:
        yield
    except BaseException:
        # Its own error says more than the interrupt, and ends the work as well.
        _waiting = _waiting and _depth > 1
        _depth -= 1
        raise
    waited = _waiting and _depth == 1
    _waiting = _waiting and not waited
    _depth -= 1
    if waited:
        raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    global _waiting
    if _depth:
        _waiting = True
        return
    raise KeyboardInterrupt
