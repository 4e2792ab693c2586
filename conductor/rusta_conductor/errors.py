"""What can go wrong in the runtime, and the exit code each kind has.

Flow control is by exception too: :class:`BudgetExhausted` and :class:`Cancelled` park an episode, they do not fail it.
"""

from __future__ import annotations


class RustaError(Exception):
    """Base of all errors of the runtime. The message says what, where, and what to do."""

    exit_code = 1


class UsageError(RustaError):
    """The caller asked for something that is not there or does not fit."""

    exit_code = 2


class PluginError(RustaError):
    """A plugin is broken. Raised only in strict mode; otherwise the plugin is skipped and named."""


class GateRefused(RustaError):
    """A gate or the contract said no."""

    def __init__(self, what: str, gate: str, why: str, state: str) -> None:
        super().__init__(f"{what} refused in state {state!r} by gate {gate!r}: {why}")
        self.what, self.gate, self.why, self.state = what, gate, why, state


class ToolError(RustaError):
    """A tool could not do its work; it becomes an observation with status ``error``."""


class ToolTimeout(ToolError):
    """A tool ran past its limit; it becomes an observation with status ``timeout``."""


class Cancelled(RustaError):
    """The user interrupted; the episode is parked and can be resumed."""

    exit_code = 130


class BudgetExhausted(RustaError):
    """A budget ran out; the episode is parked and can be resumed with a larger one."""

    exit_code = 3

    def __init__(self, resource: str, limit: float, wanted: float) -> None:
        super().__init__(
            f"budget {resource!r} is used up: {wanted:g} wanted, {limit:g} allowed; "
            f"resume with a larger one (--budget {resource}=N)"
        )
        self.resource, self.limit, self.wanted = resource, limit, wanted


class UnknownOutcome(RustaError):
    """A call with a lasting effect was started and its end is not known; it is never repeated blindly."""

    exit_code = 4


class Divergence(RustaError):
    """A replay did something else than the record says."""

    exit_code = 5

    def __init__(self, place: str, path: str, recorded: object, replayed: object) -> None:
        super().__init__(
            f"replay diverged at {place}, {path}:\n  recorded: {_short(recorded)}\n  replayed: {_short(replayed)}"
        )
        self.place, self.path, self.recorded, self.replayed = place, path, recorded, replayed


def _short(value: object, limit: int = 400) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"
