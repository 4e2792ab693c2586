"""A connectome that runs: the burst network made from it, with its learning rules, memory areas and input."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome, Synapses
from rusta_burst.dynamics.burst import Burst, Report
from rusta_burst.dynamics.hooks import Plasticity
from rusta_burst.dynamics.loading import burst_of
from rusta_burst.errors import InvalidInput
from rusta_burst.plasticity.memory import MemoryArea, memory_areas
from rusta_burst.plasticity.registry import make_rules
from rusta_burst.running.drives import Background, Driver, Stimulus

_LEDGER = 20


@dataclasses.dataclass(frozen=True)
class Settings:
    """How to run. ``state``: "float" or "fixed" potentials. ``learning``: False holds all weights still."""

    seed: int = 0
    mode: str = "dense"
    state: str = "float"
    learning: bool = True
    threads: int | None = None
    drives: tuple[Background, ...] = ()
    stimulus: Stimulus = dataclasses.field(default_factory=lambda: Stimulus.of([]))


class Machine:
    """See the module's text.

    Raises:
        InvalidInput: an area has a property that cannot be run, a rule is not installed, or input goes nowhere.
    """

    def __init__(self, connectome: Connectome, settings: Settings | None = None) -> None:
        self.connectome = connectome
        self.settings = settings or Settings()
        self.rules: list[Plasticity] = make_rules(connectome) if self.settings.learning else []
        self.memories: list[MemoryArea] = memory_areas(connectome)
        self.network = self._network()

    def _network(self) -> Burst:
        c, settings = self.connectome, self.settings
        if settings.state not in ("float", "fixed"):
            raise InvalidInput(f"state is {settings.state!r}; expected 'float' or 'fixed'")
        plugins: list[Plasticity] = [*self.rules, *self.memories]
        if settings.drives or len(settings.stimulus.burst):
            plugins.append(Driver(c, settings.drives, settings.stimulus, settings.seed))
        windows = [_LEDGER, *(getattr(plugin, "window", 1) for plugin in plugins)]
        return burst_of(
            c,
            plasticity=plugins,
            fixed=settings.state == "fixed",
            window=max(windows),
            seed=settings.seed,
            mode=settings.mode,
            threads=settings.threads,
        )

    @property
    def burst(self) -> int:
        """The number of the next burst."""
        return self.network.number

    def step(self) -> Report:
        """One burst."""
        return self.network.step()

    def from_outside(self, neuron: int, burst: int) -> int:
        """What drives and stimuli bring a neuron in a burst; input follows from seed and burst, so any can be asked."""
        for plugin in self.network.plasticity:
            if isinstance(plugin, Driver):
                given = plugin.drive(burst, self.network.ledger)
                if given is not None:
                    return int(given[1][given[0] == neuron].sum(dtype=np.int64))
        return 0

    def learned(self) -> Connectome:
        """The connectome with the weights as they are now."""
        running = self.network.synapses
        if not running.count:
            return self.connectome
        positions = np.arange(running.count, dtype=np.int64)
        weights = self.connectome.synapses.weight.copy()
        weights[running.input_rows(positions)] = running.weights(positions)
        synapses = Synapses.of(**{**self.connectome.synapses.columns(), "weight": weights})
        return dataclasses.replace(self.connectome, synapses=synapses)

    def rates(self, counts: npt.NDArray[np.int64], bursts: int) -> dict[str, float]:
        """Spikes a neuron and burst of every area, from spike counts of all neurons."""
        n = self.connectome.neurons
        sizes = np.bincount(n.area[n.alive == 1], minlength=len(self.connectome.areas))
        spikes = np.bincount(n.area, weights=counts, minlength=len(self.connectome.areas))
        return {
            area.name: float(spikes[k] / max(1, sizes[k] * max(1, bursts)))
            for k, area in enumerate(self.connectome.areas)
        }


def parse_drives(texts: Sequence[str]) -> tuple[Background, ...]:
    """Drives as given on a command line."""
    return tuple(Background.parse(text) for text in texts)
