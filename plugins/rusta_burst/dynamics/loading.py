"""A running network from a connectome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.burst import Burst
from rusta_burst.dynamics.hooks import Plasticity
from rusta_burst.dynamics.models import leaky
from rusta_burst.dynamics.strength import PotentialSpikes, senders_of


def burst_of(
    connectome: Connectome,
    *,
    plasticity: Sequence[Plasticity] | None = None,
    fixed: bool = False,
    window: int = 20,
    seed: int = 0,
    mode: str = "dense",
    threads: int | None = None,
    use_native: bool | None = None,
) -> Burst:
    """`Burst` of a connectome: its neurons, synapses, delays, and the rules by which its synapses learn.

    Neurons of power areas fire in every burst; removed neurons never do. ``psp_by_fanout`` divides a synapse's psp by
    the number of its sender's synapses, rounded down but not to 0; ``psp_from_potential``: see
    `rusta_burst.dynamics.strength`. plasticity: plug-ins to use instead of the connectome's own rules. The other arguments
    are those of `leaky` and `Burst`.

    Raises:
        InvalidInput: a rule is not installed, a synapse whose psp comes from the potential learns, or arguments do not fit.
    """
    if plasticity is None:
        from rusta_burst.plasticity.registry import make_rules

        plasticity = make_rules(connectome)
    n, s = connectome.neurons, connectome.synapses
    kinds = np.array([area.kind == "power" for area in connectome.areas] or [False])
    model = leaky(
        len(n),
        threshold=_single(np.where(n.alive == 1, n.threshold, np.inf)),
        threshold_limit=_single(n.threshold_limit),
        leak=_single(n.leak),
        refractory=_single(n.refractory),
        fire_limit=_single(n.fire_limit),
        snooze=_single(n.snooze),
        excitability=_single(n.excitability),
        accumulates=_single(n.accumulates),
        forced=_single((kinds[n.area] & (n.alive == 1)).astype(np.uint32)),
        potential=n.potential,
        fixed=fixed,
    )
    learns = bool(plasticity)
    if senders_of(connectome).any():
        plasticity = [*plasticity, PotentialSpikes(connectome)]
    return Burst(
        model,
        *(s.source, s.target, s.weight, _psp(connectome), s.type),
        delay=_single(s.delay),
        plastic=s.rule != 0 if learns and len(s) else False,
        plasticity=plasticity,
        window=window,
        seed=seed,
        mode=mode,
        threads=threads,
        use_native=use_native,
    )


def _single(column: NDArray[Any]) -> Any:
    """One number when all are the same, so that a network of equal neurons is one class."""
    return column[0] if column.size and (column == column[0]).all() else column


def _psp(connectome: Connectome) -> NDArray[np.uint8]:
    s = connectome.synapses
    if not len(s):
        return s.psp
    psp = np.where(senders_of(connectome)[s.source], 0, s.psp)
    shared = np.array([area.psp_by_fanout for area in connectome.areas] or [False])
    if shared.any():
        divides = shared[connectome.neurons.area[s.source]]
        fanout = np.bincount(s.source, minlength=len(connectome.neurons))[s.source]
        psp = np.where(divides, np.maximum(psp // np.maximum(fanout, 1), np.minimum(psp, 1)), psp)
    return psp.astype(np.uint8)
