"""Why did a neuron fire (or not)? The events that reached it in the burst that was run last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rusta_burst.dynamics.burst import Burst
from rusta_burst.dynamics.strength import PotentialSpikes
from rusta_burst.engine.reverse import ReverseIndex
from rusta_burst.errors import InvalidInput


@dataclass(frozen=True)
class Cause:
    """One synaptic event: ``source`` fired in ``burst``, and its spike brought ``contribution``.

    position: the synapse in its projection's index; -1 where the psp came from the sender's potential.
    """

    source: int
    burst: int
    contribution: int
    position: int


@dataclass(frozen=True)
class Explanation:
    """The events behind one neuron's burst, largest first; ``total`` is their sum."""

    neuron: int
    burst: int
    fired: bool
    total: int
    causes: tuple[Cause, ...]

    def __str__(self) -> str:
        verb = "fired" if self.fired else "did not fire"
        head = f"neuron {self.neuron} {verb} in burst {self.burst}: {len(self.causes)} events brought {self.total:+d}"
        lines = [f"  {c.contribution:+7d} from neuron {c.source}, which fired in burst {c.burst}" for c in self.causes]
        return "\n".join([head, *lines])


def why(network: Burst, neuron: int) -> Explanation:
    """The contributing events of ``neuron`` in the last burst, with the weights as they are now.

    Raises:
        InvalidInput: no such neuron, or no burst was run yet.
    """
    if isinstance(neuron, bool) or not 0 <= neuron < network.neurons:
        raise InvalidInput(f"neuron: expected 0 to {network.neurons - 1}, got {neuron!r}")
    if not network.number:
        raise InvalidInput("no burst was run yet; run one and ask again")
    burst = network.number - 1
    causes: list[Cause] = []
    strengths = [plugin for plugin in network.plasticity if isinstance(plugin, PotentialSpikes)]
    ports = [neuron + k * network.neurons for k in range(network.model.ports)]
    for projection in network.core.projections:
        sent = burst - projection.delay
        if sent < 0:
            continue
        table = projection.engine.table
        positions = ReverseIndex(projection.engine).positions(np.array(ports, np.uint32))
        sources = table.sources_of(positions)
        active = np.isin(sources, network.core.fired_at(sent))
        for plugin in strengths:
            active &= ~plugin.sends[sources]  # it says itself what these bring
        positions, sources = positions[active], sources[active]
        values = table.contributions_of(positions)
        causes += [Cause(int(s), sent, int(c), int(p)) for s, c, p in zip(sources, values, positions, strict=True)]
    for plugin in strengths:
        causes += [Cause(*cause, -1) for cause in plugin.causes(neuron, burst)]
    causes.sort(key=lambda cause: (-abs(cause.contribution), cause.source, cause.position))
    fired = bool(network.read([neuron])[0])
    return Explanation(neuron, burst, fired, sum(cause.contribution for cause in causes), tuple(causes))
