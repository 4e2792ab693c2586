"""The autonomy contract: obligations as data, checked over the episode's own trace.

A domain may choose its next step freely; whatever it chooses, these hold. An obligation names a signal and the calls
that must stand in the trace before the signal may fire.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rusta_conductor.errors import UsageError
from rusta_schemas.base import JsonObject
from rusta_schemas.effects import Effect


@dataclass(frozen=True)
class TraceCall:
    """One finished call, as obligations see it."""

    verb: str
    effect: Effect
    ok: bool
    key: str


@dataclass
class Trace:
    """What has happened so far: finished calls and fired signals, in order."""

    events: list[TraceCall | str] = field(default_factory=list)

    def calls_since(self, signal: str | None) -> list[TraceCall]:
        """The calls after the last ``signal`` (all of them when it is None or never fired)."""
        found: list[TraceCall] = []
        for event in reversed(self.events):
            if event == signal:
                break
            if isinstance(event, TraceCall):
                found.append(event)
        return found[::-1]


@dataclass(frozen=True)
class Obligation:
    """Before ``before`` fires, at least ``minimum`` successful calls of ``verbs`` stand in the trace since ``since``.

    Empty ``verbs`` means any verb.
    """

    name: str
    before: str
    verbs: tuple[str, ...] = ()
    since: str | None = None
    minimum: int = 1

    def unmet(self, trace: Trace) -> str | None:
        """Why the obligation is not met, or None when it is."""
        calls = [c for c in trace.calls_since(self.since) if c.ok and (not self.verbs or c.verb in self.verbs)]
        if len(calls) >= self.minimum:
            return None
        what = " or ".join(self.verbs) or "any tool"
        after = f" since {self.since!r}" if self.since else ""
        return f"{self.name}: {self.minimum} successful call(s) of {what} needed{after}, {len(calls)} made"


@dataclass(frozen=True)
class Contract:
    """What an episode may do and must have done.

    ``effects`` are the effects its tools may have. ``anchored``: a proposal must cite at least one anchor.
    """

    effects: frozenset[Effect] = frozenset({Effect.READ, Effect.SANDBOX})
    obligations: tuple[Obligation, ...] = ()
    anchored: bool = True

    def to_json(self) -> JsonObject:
        """The contract as it stands in the log."""
        return {
            "effects": [str(effect) for effect in sorted(self.effects)],
            "anchored": self.anchored,
            "obligations": [
                {
                    "name": o.name,
                    "before": o.before,
                    "verbs": list(o.verbs),
                    "since": o.since,
                    "minimum": o.minimum,
                }
                for o in self.obligations
            ],
        }


def no_network(effects: Iterable[Effect]) -> frozenset[Effect]:
    """``effects`` as a set, refusing the network, which no episode may use.

    Raises:
        UsageError: the network is among them.
    """
    chosen = frozenset(effects)
    if Effect.NETWORK in chosen:
        raise UsageError("an episode never uses the network; remove the 'network' effect from its contract")
    return chosen
