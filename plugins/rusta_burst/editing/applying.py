"""Edits made: a connectome and operations give a new connectome, and where each part of it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.fields import NEURON, SYNAPSE
from rusta_burst.connectome.model import MAX_NEURONS, Area, Connectome, Neurons, RuleSpec, Synapses
from rusta_burst.editing import operations as ops
from rusta_burst.errors import InvalidInput
from rusta_burst.growth.draws import Draws
from rusta_burst.growth.growing import GIVEN, project, spread

I8 = npt.NDArray[np.int64]
Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Edited:
    """The result. ``neuron_origin[k]`` and ``synapse_origin[k]`` are the old numbers of what is k now; -1: it is new."""

    connectome: Connectome
    neuron_origin: I8
    synapse_origin: I8

    @property
    def counts(self) -> dict[str, int]:
        """How many came and stayed."""
        return {
            "neurons": int((self.connectome.neurons.alive == 1).sum()),
            "new_neurons": int((self.neuron_origin < 0).sum()),
            "synapses": len(self.connectome.synapses),
            "new_synapses": int((self.synapse_origin < 0).sum()),
        }


def apply(connectome: Connectome, edits: Iterable[ops.Operation]) -> Edited:
    """Make all edits, in order, or none.

    Raises:
        InvalidInput: naming the operation that cannot be made, and why.
    """
    work = _Work(connectome)
    for number, edit in enumerate(edits):
        try:
            work.make(edit)
        except InvalidInput as error:
            raise InvalidInput(f"edit: operation {number} ({edit.op}): {error}") from None
    return work.done()


class _Work:
    def __init__(self, connectome: Connectome) -> None:
        self.areas, self.rules = list(connectome.areas), list(connectome.rules)
        self.n: dict[str, Array] = connectome.neurons.columns()
        self.s: dict[str, Array] = connectome.synapses.columns()
        self.n_origin: I8 = np.arange(len(connectome.neurons))
        self.s_origin: I8 = np.arange(len(connectome.synapses))

    def done(self) -> Edited:
        return Edited(self.connectome(), self.n_origin, self.s_origin)

    def connectome(self) -> Connectome:
        neurons = Neurons.of(len(self.n_origin), **self.n)
        return Connectome(tuple(self.areas), neurons, Synapses.of(**self.s), tuple(self.rules))

    def make(self, edit: ops.Operation) -> None:
        getattr(self, f"_{edit.op}")(edit)

    # areas and rules

    def _add_area(self, edit: ops.AddArea) -> None:
        if any(area.name == edit.name for area in self.areas):
            raise InvalidInput(f"there is an area {edit.name!r} already")
        values = edit.model_dump(exclude={"op"})
        self.areas.append(Area(**{**values, "size": tuple(edit.size)}))

    def _remove_area(self, edit: ops.RemoveArea) -> None:
        index = self._area(edit.name)
        self._kill(np.flatnonzero((self.n["area"] == index) & (self.n["alive"] == 1)))
        del self.areas[index]
        area = self.n["area"].astype(np.int64)
        self.n = {**self.n, "area": np.where(self.n["alive"] == 1, area - (area > index), 0)}

    def _add_rule(self, edit: ops.AddRule) -> None:
        self.rules.append(RuleSpec(edit.kind, dict(edit.parameters)))

    # neurons

    def _add_neurons(self, edit: ops.AddNeurons) -> None:
        if len(self.n_origin) + edit.count > MAX_NEURONS:
            raise InvalidInput(f"there would be more than {MAX_NEURONS} neurons")
        if edit.places and len(edit.places) != edit.count:
            raise InvalidInput(f"{len(edit.places)} places for {edit.count} neurons; expected none or one for each")
        places = np.asarray(edit.places or np.zeros((edit.count, 3), np.int64))
        start = str(len(self.n_origin))
        columns = {
            "area": self._area(edit.area),
            **{axis: places[:, k] for k, axis in enumerate("xyz")},
            **self._values(edit.parameters, edit.count, start),
        }
        fresh = Neurons.of(edit.count, **columns).columns()
        self.n = {name: np.concatenate([values, fresh[name]]) for name, values in self.n.items()}
        self.n_origin = np.concatenate([self.n_origin, np.full(edit.count, -1)])

    def _remove_neurons(self, edit: ops.RemoveNeurons) -> None:
        self._kill(self._neurons(edit.ids))

    def _set_neurons(self, edit: ops.SetNeurons) -> None:
        chosen = self._neurons(edit.ids)
        if edit.area is not None:
            own = np.flatnonzero((self.n["area"] == self._area(edit.area)) & (self.n["alive"] == 1))
            chosen = np.union1d(chosen, own)
        fresh = Neurons.of(len(chosen), **self._values(edit.parameters, len(chosen), "set")).columns()
        for name in edit.parameters:
            column = self.n[name].copy()
            column[chosen] = fresh[name]
            self.n = {**self.n, name: column}

    # synapses

    def _add_synapses(self, edit: ops.AddSynapses) -> None:
        fresh = Synapses.of(
            edit.source, edit.target, weight=edit.weight, psp=edit.psp, type=int(edit.inhibitory),
            delay=edit.delay, rule=edit.rule,
        )  # fmt: skip
        for end in (fresh.source, fresh.target):
            self._neurons(end)
        self._append(fresh)

    def _remove_synapses(self, edit: ops.RemoveSynapses) -> None:
        gone = self._chosen(edit)
        keep = np.ones(len(self.s_origin), bool)
        keep[gone] = False
        self._keep(keep)

    def _set_synapses(self, edit: ops.SetSynapses) -> None:
        chosen = self._chosen(edit)
        given = edit.model_dump(include={"weight", "psp", "delay", "rule"}, exclude_none=True)
        if edit.inhibitory is not None:
            given["type"] = int(edit.inhibitory)
        for name, value in given.items():
            column = self.s[name].copy()
            column[chosen] = np.asarray(value, SYNAPSE[name].dtype)
            self.s = {**self.s, name: column}

    def _project(self, edit: ops.Project) -> None:
        draws = Draws(edit.seed, "edit", str(len(self.s_origin)))
        self._append(project(self.connectome(), edit, draws, []))

    def _compact(self, _edit: ops.Compact) -> None:
        alive = self.n["alive"] == 1
        number = np.cumsum(alive) - 1
        self.n = {name: values[alive] for name, values in self.n.items()}
        self.n_origin = self.n_origin[alive]
        # A living neuron's synapses join living neurons, so both ends have a new number.
        self.s = {**self.s, "source": number[self.s["source"]], "target": number[self.s["target"]]}

    # inside

    def _area(self, name: str) -> int:
        for index, area in enumerate(self.areas):
            if area.name == name:
                return index
        known = ", ".join(repr(area.name) for area in self.areas[:8]) or "none"
        raise InvalidInput(f"there is no area {name!r}; there are: {known}")

    def _neurons(self, ids: Any) -> I8:
        chosen = np.unique(np.asarray(ids, np.int64))
        if len(chosen) and chosen[-1] >= len(self.n_origin):
            raise InvalidInput(f"neuron {int(chosen[-1])} is not there; the last one is {len(self.n_origin) - 1}")
        dead = chosen[self.n["alive"][chosen] == 0]
        if len(dead):
            raise InvalidInput(f"neuron {int(dead[0])} was removed")
        return chosen

    def _values(self, parameters: ops.Parameters, count: int, label: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in parameters.items():
            if name not in GIVEN:
                raise InvalidInput(f"there is no parameter {name!r}; there are: {', '.join(sorted(GIVEN))}")
            if isinstance(value, tuple):
                made[name] = spread(value, count, Draws(0, "edit", label, name), NEURON[name].dtype)
            else:
                made[name] = value
        return made

    def _chosen(self, edit: ops.Chosen) -> I8:
        count = len(self.s_origin)
        ids = np.asarray(edit.ids, np.int64)
        if len(ids) and ids.max() >= count:
            raise InvalidInput(f"synapse {int(ids.max())} is not there; there are {count}")
        found = [ids]
        for source, target in edit.pairs:
            joined = np.flatnonzero((self.s["source"] == source) & (self.s["target"] == target))
            if not len(joined):
                raise InvalidInput(f"there is no synapse from {source} to {target}")
            found.append(joined)
        if edit.between is not None:
            first, second = (self._area(name) for name in edit.between)
            area = self.n["area"]
            found.append(np.flatnonzero((area[self.s["source"]] == first) & (area[self.s["target"]] == second)))
        return np.unique(np.concatenate(found))

    def _kill(self, ids: I8) -> None:
        alive = self.n["alive"].copy()
        alive[ids] = 0
        self.n = {**self.n, "alive": alive}
        self._keep((alive[self.s["source"]] == 1) & (alive[self.s["target"]] == 1))

    def _keep(self, keep: npt.NDArray[np.bool_]) -> None:
        if keep.all():
            return
        self.s = {name: values[keep] for name, values in self.s.items()}
        self.s_origin = self.s_origin[keep]

    def _append(self, fresh: Synapses) -> None:
        new = fresh.columns()
        self.s = {name: np.concatenate([values, new[name]]) for name, values in self.s.items()}
        self.s_origin = np.concatenate([self.s_origin, np.full(len(fresh), -1)])
