"""The connectome itself: areas, neurons, synapses and the rules by which synapses learn.

It is a value: nothing in it changes. An edit (:mod:`rusta_burst.connectome.editing`) gives a new one; what changes while
bursts run lives in the engine's state. Neurons and synapses are numbered by their place in the arrays.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome import checks
from rusta_burst.connectome.fields import NEURON_FIELDS, SYNAPSE_FIELDS
from rusta_burst.errors import InvalidInput

KINDS = ("cortical", "sensory", "motor", "power", "memory")
MAX_NEURONS = 2**32 - 1
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")

U4 = npt.NDArray[np.uint32]
I4 = npt.NDArray[np.int32]
U2 = npt.NDArray[np.uint16]
U1 = npt.NDArray[np.uint8]
F8 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Area:
    """A group of neurons with a name.

    ``kind`` is one of :data:`KINDS`: power areas fire in every burst, sensory ones are injected, motor ones are read out,
    memory areas are driven by their memory neurons. ``size`` is the extent of places in it (x, y, z).
    ``psp_from_potential``: a spike's psp is the sender's potential when it fired. ``psp_by_fanout``: a spike's psp is
    divided among the sender's synapses. A memory area looks for patterns in the last ``window`` bursts of the areas that it
    ``watches``.
    """

    name: str
    kind: str = "cortical"
    size: tuple[int, int, int] = (1, 1, 1)
    psp_from_potential: bool = False
    psp_by_fanout: bool = False
    window: int = 1
    watches: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", tuple(self.size))
        object.__setattr__(self, "watches", tuple(self.watches))
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise InvalidInput(
                f"areas: the name {self.name!r} must have 1 to 200 characters, none of them a control character"
            )
        if self.kind not in KINDS:
            raise InvalidInput(f"area {self.name!r}: kind is {self.kind!r}; expected one of {', '.join(KINDS)}")
        if len(self.size) != 3 or not all(_whole(n, 1, 2**31 - 1) for n in self.size):
            raise InvalidInput(f"area {self.name!r}: size is {self.size!r}; expected three whole numbers from 1 on")
        if not _whole(self.window, 1, 1024):
            raise InvalidInput(f"area {self.name!r}: window is {self.window!r}; expected 1 to 1024 bursts")
        if self.watches and self.kind != "memory":
            raise InvalidInput(f"area {self.name!r}: only memory areas watch others, this one is {self.kind}")


@dataclass(frozen=True)
class RuleSpec:
    """A plasticity rule by the name of its plug-in, with its parameters."""

    kind: str
    parameters: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or not _NAME.fullmatch(self.kind):
            raise InvalidInput(f"rules: the kind {self.kind!r} must be the name of a plasticity rule")
        if not isinstance(self.parameters, Mapping):
            raise InvalidInput(f"rule {self.kind!r}: expected parameters as names and numbers, got {self.parameters!r}")
        for name, value in self.parameters.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise InvalidInput(f"rule {self.kind!r}: {name} is {value!r}; expected a finite number")
        named = {str(name): float(value) for name, value in sorted(self.parameters.items())}
        object.__setattr__(self, "parameters", named)


@dataclass(frozen=True, eq=False)
class Neurons:
    """One array a field of :data:`~rusta_burst.connectome.fields.NEURON_FIELDS`, all of one length, read-only."""

    area: U4
    x: I4
    y: I4
    z: I4
    threshold: F8
    threshold_limit: F8
    leak: F8
    refractory: U2
    fire_limit: U2
    snooze: U2
    excitability: F8
    accumulates: U1
    potential: F8
    alive: U1

    @classmethod
    def of(cls, count: int, **given: object) -> Neurons:
        """``count`` neurons; a field is an array, one number for all, or its default.

        Raises:
            InvalidInput: naming the field, what was expected and what came.
        """
        if not _whole(count, 0, MAX_NEURONS):
            raise InvalidInput(f"neurons: count is {count!r}; expected 0 to {MAX_NEURONS}")
        return cls(**checks.table(NEURON_FIELDS, given, count, "neurons"))

    def __len__(self) -> int:
        return len(self.area)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by name."""
        return {f.name: getattr(self, f.name) for f in NEURON_FIELDS}


@dataclass(frozen=True, eq=False)
class Synapses:
    """One array a field of :data:`~rusta_burst.connectome.fields.SYNAPSE_FIELDS`, all of one length, read-only.

    Several synapses may join the same pair, and a neuron may have one onto itself; each counts for itself.
    """

    source: U4
    target: U4
    weight: U1
    psp: U1
    type: U1
    delay: U1
    rule: U1

    @classmethod
    def of(cls, source: object = (), target: object = (), **given: object) -> Synapses:
        """Synapses from ``source[k]`` to ``target[k]``; other fields are arrays, one number for all, or the default.

        Raises:
            InvalidInput: naming the field, what was expected and what came.
        """
        # An empty list has no type of its own.
        ends = {"source": checks.ends(source, "source"), "target": checks.ends(target, "target")}
        return cls(**checks.table(SYNAPSE_FIELDS, {**given, **ends}, ends["source"].size, "synapses"))

    def __len__(self) -> int:
        return len(self.source)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by name."""
        return {f.name: getattr(self, f.name) for f in SYNAPSE_FIELDS}


@dataclass(frozen=True, eq=False)
class Connectome:
    """A network. ``rules[k]`` is the plasticity of the synapses whose ``rule`` is k + 1.

    Raises:
        InvalidInput: an area, a neuron or a rule that does not exist is pointed to, or a name is used twice.
    """

    areas: tuple[Area, ...]
    neurons: Neurons
    synapses: Synapses
    rules: tuple[RuleSpec, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "areas", tuple(self.areas))
        object.__setattr__(self, "rules", tuple(self.rules))
        names = [area.name for area in self.areas]
        twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
        if twice is not None:
            raise InvalidInput(f"areas: the name {twice!r} is used twice")
        for area in self.areas:
            for name in area.watches:
                if name not in names or name == area.name:
                    raise InvalidInput(f"area {area.name!r} watches {name!r}, which is no other area")
        if len(self.rules) > 255:
            raise InvalidInput(f"rules: there are {len(self.rules)}; at most 255 fit")
        living = self.neurons.area if self.neurons.alive.all() else self.neurons.area * self.neurons.alive
        if len(self.areas) or self.neurons.alive.any():
            checks.indices(living, len(self.areas), "neurons.area", "areas")
        for end in ("source", "target"):
            checks.indices(getattr(self.synapses, end), len(self.neurons), f"synapses.{end}", "neurons")
        checks.indices(self.synapses.rule, len(self.rules) + 1, "synapses.rule", "rules (0: static)")

    @classmethod
    def of(
        cls,
        areas: Sequence[Area | str],
        neurons: Neurons,
        synapses: Synapses | None = None,
        rules: Sequence[RuleSpec] = (),
    ) -> Connectome:
        """A connectome; an area may be given by its name alone."""
        made = tuple(area if isinstance(area, Area) else Area(area) for area in areas)
        return cls(made, neurons, Synapses.of() if synapses is None else synapses, tuple(rules))

    def area_index(self, name: str) -> int:
        """The index of an area.

        Raises:
            InvalidInput: there is none of that name.
        """
        for number, area in enumerate(self.areas):
            if area.name == name:
                return number
        some = ", ".join(repr(area.name) for area in self.areas[:8]) or "none"
        raise InvalidInput(f"there is no area {name!r}; there are: {some}{' …' if len(self.areas) > 8 else ''}")

    def neurons_of(self, name: str) -> U4:
        """The living neurons of an area, ascending."""
        own = (self.neurons.area == self.area_index(name)) & (self.neurons.alive == 1)
        return np.flatnonzero(own).astype(np.uint32)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that it is made of: equal for equal connectomes."""
        from rusta_burst.connectome.digests import digest_of

        return digest_of(self)

    def equals(self, other: Connectome) -> bool:
        """Whether both are the same in every field, in the same order."""
        return self.digest == other.digest


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and low <= int(value) <= high
