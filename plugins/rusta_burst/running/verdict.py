"""What became of what reached a neuron in a burst, in a sentence: its state before, its threshold, what held it back."""

from __future__ import annotations

from dataclasses import dataclass

from rusta_burst.dynamics.models import FORCED, RESETS
from rusta_burst.running.machine import Machine

_CERTAIN = 0.999


@dataclass(frozen=True)
class NeuronState:
    """A neuron between two bursts: potential, bursts it still rests, spikes in a row."""

    potential: float
    rest: int
    spikes: int


def state_of(machine: Machine, neuron: int) -> NeuronState:
    """As it is before the next burst."""
    state = machine.network.core.state
    return NeuronState(float(state["potential"][neuron]), int(state["rest"][neuron]), int(state["spikes"][neuron]))


def verdict(machine: Machine, neuron: int, was: NeuronState, came: int, fired: bool) -> str:
    """Why ``neuron`` fired or not in the burst that was run last.

    was: its state before that burst. came: all that reached it, from synapses and from outside.
    """
    model = machine.network.model
    own = model.classes[int(model.class_of[neuron])]
    flags, threshold, limit = int(own["flags"]), float(own["threshold"]), float(own["limit"])
    n = machine.connectome.neurons
    if not n.alive[neuron]:
        return "it was removed"
    if flags & FORCED:
        return "it belongs to a power area, which fires in every burst"
    area = machine.connectome.areas[int(n.area[neuron])]
    if area.kind == "memory" and area.watches:
        return f"it remembers a pattern, which was{'' if fired else ' not'} seen in the burst before"
    if was.rest:
        lost = f": the {came:,} that came are lost" if came else ""
        return f"it rests for {was.rest} more burst{'s' if was.rest > 1 else ''}, this one included{lost}"
    potential = 0.0 if flags & RESETS else was.potential
    total = potential + came
    less = came < 0
    sum_ = f"potential {potential:,.6g} {'less' if less else 'and'} {abs(came):,}{'' if less else ' more'}"
    sum_ = f"{sum_} make{'s' if less else ''} {total:,.6g}"
    if total < threshold:
        return f"{sum_}, below its threshold of {threshold:,.6g}"
    if total > limit:
        return f"{sum_}, above its threshold limit of {limit:,.6g}"
    said = f"{sum_}, which reaches its threshold of {threshold:,.6g}"
    if fired:
        return said
    if own["fire_limit"] and was.spikes >= own["fire_limit"]:
        return f"{said}, but it fired {was.spikes} times in a row and has to pause"
    if own["excitability"] < _CERTAIN:
        return f"{said}, but chance held it back: its excitability is {float(own['excitability']):g}"
    return said
