"""Making one call: arguments checked, handler run with its deadline, every way to fail turned into an observation."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import cast

from pydantic import BaseModel, ValidationError

from rusta_conductor.errors import Cancelled, PluginError, ToolError, ToolTimeout
from rusta_conductor.refs import resolve
from rusta_conductor.specs import ToolSpec
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.canonical import canonical_bytes
from rusta_schemas.errors import SchemaError
from rusta_schemas.observation import Observation, Status

GRACE_S = 10.0
_LOOK_S = 0.1
Handler = Callable[[BaseModel, ToolContext], ToolResult | None]


def check_args(spec: ToolSpec, args: JsonObject) -> BaseModel:
    """The arguments as the verb's model.

    Raises:
        ValueError: they do not fit; the first field that does not is named.
        PluginError: the tool's model cannot be loaded.
    """
    model = resolve(spec.args)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise PluginError(f"tool {spec.verb!r}: {spec.args!r} is not a pydantic model")
    try:
        canonical_bytes(args)
        return model.model_validate(args)
    except SchemaError as error:
        raise ValueError(f"{spec.verb}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "arguments"
        raise ValueError(f"{spec.verb}: {place}: {first['msg']} (got {str(first['input'])[:80]!r})") from None


def perform(spec: ToolSpec, reference: str, args: BaseModel, context: ToolContext) -> Observation | None:
    """Run the handler named by ``reference``; None only when a reconciler said "it did not happen".

    The handler runs in a thread of its own. It has ``timeout_s`` and then ``GRACE_S`` to end by itself (sandboxed tools
    keep the deadline themselves and say more about it). After that, or when the user interrupts, ``context.cancel`` is
    set and it gets ``GRACE_S`` to clean up; then its thread is left behind.
    """
    box: list[Observation | None] = []
    # Not Thread.join: when it is interrupted, CPython 3.11 takes the thread for ended and waits no more.
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        try:
            if not context.cancel.is_set():
                box.append(_guarded(spec, reference, args, context))
        finally:
            ended.set()

    started = time.perf_counter()
    deadline = started + context.timeout_s + GRACE_S
    worker = threading.Thread(target=work, name=f"rusta-{spec.verb}", daemon=True)
    late = False
    try:
        worker.start()
        while not ended.wait(_LOOK_S) and not context.cancel.is_set():
            if time.perf_counter() >= deadline:
                late = True
                context.cancel.set()
        ended.wait(GRACE_S)
    except KeyboardInterrupt:
        context.cancel.set()
        if begun.is_set():  # else it will see that it is cancelled, and do nothing
            ended.wait(GRACE_S)
        raise
    ms = (time.perf_counter() - started) * 1000
    observation = _ended(spec.verb, box, late, context)
    return None if observation is None else observation.model_copy(update={"ms": round(ms, 3)})


def _ended(verb: str, box: list[Observation | None], late: bool, context: ToolContext) -> Observation | None:
    """What the call counts as, given who asked it to stop and whether it did."""
    if not box:
        limit = f"the limit of {context.timeout_s:g} s"
        if late:
            return _failed(verb, Status.TIMEOUT, f"did not stop after {limit}")
        return _failed(verb, Status.CANCELLED, "interrupted; it did not stop when asked")
    observation = box[0]
    if observation is None or observation.status is not Status.CANCELLED:
        return observation
    if late:
        return _failed(verb, Status.TIMEOUT, f"stopped after the limit of {context.timeout_s:g} s")
    if not context.cancel.is_set():
        # Taken for an interruption, it would park the episode, again after every resume.
        return _failed(verb, Status.ERROR, f"gave up by itself: {observation.summary}")
    return observation


def _guarded(spec: ToolSpec, reference: str, args: BaseModel, context: ToolContext) -> Observation | None:
    verb = spec.verb
    try:
        result = cast(Handler, resolve(reference))(args, context)
        if result is None and reference == spec.reconcile:
            return None
        if not isinstance(result, ToolResult):
            raise ToolError(f"the tool returned {type(result).__name__}, not a ToolResult")
        data = to_json(result.data) if isinstance(result.data, BaseModel) else result.data
        try:
            canonical_bytes(data)
        except SchemaError as error:
            raise ToolError(f"the tool's result cannot be written down: {error}") from None
        return Observation(verb=verb, status=Status.OK, summary=one_line(str(result.summary)), data=data)
    except Cancelled as error:
        return _failed(verb, Status.CANCELLED, str(error) or "cancelled")
    except ToolTimeout as error:
        return _failed(verb, Status.TIMEOUT, str(error))
    except ToolError as error:
        return _failed(verb, Status.ERROR, str(error))
    except BaseException as error:
        # A stranger's tool may raise anything, even SystemExit; it is an observation all the same.
        return _failed(verb, Status.ERROR, f"{type(error).__name__}: {error}")


def one_line(text: str) -> str:
    """``text`` on one line and in characters that UTF-8 has, so that it can be logged."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _failed(verb: str, status: Status, why: str) -> Observation:
    return Observation(verb=verb, status=status, summary=one_line(why))


def cancelled(verb: str) -> Observation:
    """The observation of a call that was interrupted before it began."""
    return _failed(verb, Status.CANCELLED, "interrupted before it began")
