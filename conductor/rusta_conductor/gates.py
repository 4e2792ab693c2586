"""Gates: pure questions with an answer and a reason. They decide; they never do anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from rusta_conductor.budget import Budget
from rusta_conductor.contract import Contract, Trace, TraceCall
from rusta_conductor.specs import ToolSpec


class Verdict(NamedTuple):
    """A gate's answer."""

    ok: bool
    why: str


@dataclass(frozen=True)
class Situation:
    """All that a gate may look at. ``facts`` come with the signal."""

    state: str
    budget: Budget
    contract: Contract
    trace: Trace
    facts: Mapping[str, object]


class Gate(Protocol):
    """A named pure function of the situation."""

    @property
    def name(self) -> str: ...

    def __call__(self, situation: Situation) -> Verdict: ...


@dataclass(frozen=True)
class ProbesLeft:
    """There is budget for at least one more probe."""

    name: str = "probes_left"

    def __call__(self, situation: Situation) -> Verdict:
        left = situation.budget.left("probes")
        limit = situation.budget.limits["probes"]
        return Verdict(left >= 1, f"{left:g} of {limit:g} probes left")


@dataclass(frozen=True)
class Anchored:
    """The proposal cites at least one anchor, where the contract asks for it."""

    name: str = "anchored"

    def __call__(self, situation: Situation) -> Verdict:
        anchors = situation.facts.get("anchors")
        count = len(anchors) if isinstance(anchors, list | tuple) else 0
        if not situation.contract.anchored:
            return Verdict(True, "the contract asks for no anchor")
        return Verdict(count > 0, f"{count} anchor(s)")


@dataclass(frozen=True)
class Small:
    """The proposal keeps within the budgets of lines and files."""

    name: str = "small"

    def __call__(self, situation: Situation) -> Verdict:
        parts: list[str] = []
        ok = True
        for resource in ("lines", "files"):
            size = situation.facts.get(resource)
            limit = situation.budget.limits[resource]
            if not isinstance(size, int | float) or size < 0:
                return Verdict(False, f"the proposal does not say how many {resource} it changes")
            ok = ok and size <= limit
            parts.append(f"{size:g} of {limit:g} {resource}")
        return Verdict(ok, ", ".join(parts))


@dataclass(frozen=True)
class Proved:
    """Every step of the proof passed, and each is a finished call of this episode since the proposal was made."""

    name: str = "proved"

    def __call__(self, situation: Situation) -> Verdict:
        keys = situation.facts.get("proof_keys")
        if situation.facts.get("proof_green") is not True:
            return Verdict(False, "the proof is not green")
        if not isinstance(keys, list | tuple) or not keys:
            return Verdict(False, "the proof names no call")
        made = {call.key for call in situation.trace.calls_since("proposed") if call.ok}
        missing = [str(key)[:12] for key in keys if key not in made]
        if missing:
            return Verdict(False, f"call(s) {', '.join(missing)} of the proof were not made in this validation")
        return Verdict(True, f"{len(keys)} step(s) of proof")


@dataclass(frozen=True)
class Obligations:
    """All obligations of the contract for this signal are met."""

    signal: str
    name: str = "contract"

    def __call__(self, situation: Situation) -> Verdict:
        mine = [o for o in situation.contract.obligations if o.before == self.signal]
        unmet = [why for o in mine if (why := o.unmet(situation.trace)) is not None]
        return Verdict(not unmet, "; ".join(unmet) or f"{len(mine)} obligation(s) met")


def tool_gate(spec: ToolSpec, situation: Situation) -> Verdict:
    """May this tool be called now? Its effect must be in the contract, and the episode must not be over."""
    if situation.state == "end":
        return Verdict(False, "the episode is over")
    if spec.effect not in situation.contract.effects:
        allowed = ", ".join(sorted(situation.contract.effects))
        return Verdict(False, f"effect {spec.effect.value!r} is not in the contract (allowed: {allowed})")
    return Verdict(True, f"effect {spec.effect.value!r} is allowed")


__all__ = [
    "Anchored",
    "Gate",
    "Obligations",
    "ProbesLeft",
    "Proved",
    "Situation",
    "Small",
    "TraceCall",
    "Verdict",
    "tool_gate",
]
