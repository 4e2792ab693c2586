"""Making one call: arguments checked, handler run with its deadline, every way to fail turned into an observation."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import cast

from pydantic import BaseModel, ValidationError
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.observation import Observation, Status

from rusta_conductor.errors import Cancelled, PluginError, ToolError, ToolTimeout
from rusta_conductor.refs import resolve
from rusta_conductor.specs import ToolSpec
from rusta_conductor.tool import ToolContext, ToolResult

GRACE_S = 10.0
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
        return model.model_validate(args)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "arguments"
        raise ValueError(
            f"{spec.verb}: {place}: {first['msg']} (got {str(first['input'])[:80]!r})"
        ) from None


def perform(
    spec: ToolSpec, reference: str, args: BaseModel, context: ToolContext
) -> Observation | None:
    """Run the handler named by ``reference``; None only when a reconciler said "it did not happen".

    The handler runs in a thread of its own. When the deadline passes, ``context.cancel`` is set and the handler gets
    ``GRACE_S`` to clean up; after that the call counts as timed out and its thread is left behind.
    """
    box: list[Observation | None] = []

    def work() -> None:
        box.append(_guarded(spec, reference, args, context))

    started = time.perf_counter()
    worker = threading.Thread(target=work, name=f"rusta-{spec.verb}", daemon=True)
    worker.start()
    try:
        # Sandboxed tools keep the deadline themselves and say more about it, so the door waits a little longer.
        worker.join(context.timeout_s + GRACE_S)
        if worker.is_alive():
            context.cancel.set()
            worker.join(GRACE_S)
    except KeyboardInterrupt:
        context.cancel.set()
        worker.join(GRACE_S)
        raise
    ms = (time.perf_counter() - started) * 1000
    if not box:
        return _failed(spec.verb, Status.TIMEOUT, f"did not stop after {context.timeout_s:g} s", ms)
    observation = box[0]
    return None if observation is None else observation.model_copy(update={"ms": round(ms, 3)})


def _guarded(
    spec: ToolSpec, reference: str, args: BaseModel, context: ToolContext
) -> Observation | None:
    verb = spec.verb
    try:
        result = cast(Handler, resolve(reference))(args, context)
        if result is None and reference == spec.reconcile:
            return None
        if not isinstance(result, ToolResult):
            raise ToolError(f"the tool returned {type(result).__name__}, not a ToolResult")
        data = to_json(result.data) if isinstance(result.data, BaseModel) else result.data
        return Observation(verb=verb, status=Status.OK, summary=result.summary, data=data)
    except Cancelled as error:
        return _failed(verb, Status.CANCELLED, str(error) or "cancelled")
    except ToolTimeout as error:
        return _failed(verb, Status.TIMEOUT, str(error))
    except ToolError as error:
        return _failed(verb, Status.ERROR, str(error))
    except (
        Exception
    ) as error:  # a stranger's tool may raise anything; it is an observation all the same
        return _failed(verb, Status.ERROR, f"{type(error).__name__}: {error}")


def _failed(verb: str, status: Status, why: str, ms: float = 0.0) -> Observation:
    return Observation(verb=verb, status=status, summary=why, ms=ms)


def cancelled(verb: str) -> Observation:
    """The observation of a call that was interrupted before it began."""
    return _failed(verb, Status.CANCELLED, "interrupted before it began")
