"""From a recipe to a connectome."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.fields import NEURON, NEURON_FIELDS
from rusta_burst.connectome.model import MAX_NEURONS, Area, Connectome, Neurons, RuleSpec, Synapses
from rusta_burst.errors import InvalidInput
from rusta_burst.growth import degrees, places
from rusta_burst.growth.draws import Draws
from rusta_burst.growth.recipe import (
    AreaRecipe,
    Degree,
    Function,
    Patterns,
    Probability,
    ProjectionRecipe,
    Recipe,
    Vectors,
)

I8 = npt.NDArray[np.int64]
GIVEN = frozenset(field.name for field in NEURON_FIELDS) - {"area", "x", "y", "z", "alive"}
"""The fields of neurons that a recipe or an edit may set."""


def grow(recipe: Recipe, seed: int | None = None) -> Connectome:
    """Grow a connectome. The seed is the given one, else the recipe's, else 0.

    Raises:
        InvalidInput: a projection names what is not there, or a rule cannot be met.
    """
    chosen = seed if seed is not None else (recipe.seed or 0)
    total = sum(area.count for area in recipe.areas)
    if total > MAX_NEURONS:
        raise InvalidInput(f"recipe: {total} neurons; at most {MAX_NEURONS} can be numbered")
    areas = tuple(
        Area(a.name, a.kind, a.extent, a.psp_from_potential, a.psp_by_fanout, a.window, a.watches) for a in recipe.areas
    )
    parts = [_neurons(number, area, chosen) for number, area in enumerate(recipe.areas)]
    columns = {f.name: _joined(parts, f.name, f.dtype) for f in NEURON_FIELDS}
    neurons = Neurons.of(len(columns["area"]), **columns)
    connectome = Connectome(areas, neurons, Synapses.of(), _rules(recipe))
    rules = list(recipe.plasticity)
    rows = [
        project(connectome, projection, Draws(chosen, "projection", str(number)), rules)
        for number, projection in enumerate(recipe.projections)
    ]
    return Connectome(areas, neurons, joined(rows), connectome.rules)


def project(connectome: Connectome, projection: ProjectionRecipe, draws: Draws, rules: list[str]) -> Synapses:
    """The synapses of one projection between areas of a connectome.

    Args:
        rules: the names of the connectome's plasticity rules, in their order.

    Raises:
        InvalidInput: an area or a rule that is not there, or a rule of growth that cannot be met.
    """
    where = f"projection {projection.source!r} -> {projection.target!r}"
    try:
        source, target = _pairs(connectome, projection, draws)
        number = 0
        if projection.plasticity is not None:
            if projection.plasticity not in rules:
                known = ", ".join(rules) or "none"
                raise InvalidInput(f"there is no plasticity {projection.plasticity!r}; there are: {known}")
            number = rules.index(projection.plasticity) + 1
        count = len(source)
        return Synapses.of(
            source,
            target,
            weight=_drawn(projection.weight, count, draws, "weight"),
            psp=_drawn(projection.psp, count, draws, "psp"),
            type=int(projection.inhibitory),
            delay=_drawn(projection.delay, count, draws, "delay"),
            rule=number,
        )
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error}") from None


def joined(parts: list[Synapses]) -> Synapses:
    """Synapses one after the other."""
    if not parts:
        return Synapses.of()
    names = parts[0].columns()
    return Synapses.of(**{name: np.concatenate([part.columns()[name] for part in parts]) for name in names})


def _rules(recipe: Recipe) -> tuple[RuleSpec, ...]:
    return tuple(RuleSpec(rule.kind, dict(rule.parameters)) for rule in recipe.plasticity.values())


def _neurons(number: int, area: AreaRecipe, seed: int) -> dict[str, Any]:
    x, y, z = area.extent
    place = np.repeat(np.arange(x * y * z), area.per_place)[: area.count]
    columns: dict[str, Any] = {
        "area": np.full(area.count, number),
        "x": place // (y * z),
        "y": place // z % y,
        "z": place % z,
    }
    for name, value in area.parameters.items():
        if name not in GIVEN:
            raise InvalidInput(f"area {area.name!r}: no parameter {name!r}; there are: {', '.join(sorted(GIVEN))}")
        if isinstance(value, tuple):
            columns[name] = spread(value, area.count, Draws(seed, "area", area.name, name), NEURON[name].dtype)
        else:
            columns[name] = value
    made = Neurons.of(area.count, **columns)
    return made.columns()


def spread(ends: tuple[float, float], count: int, draws: Draws, dtype: str) -> npt.NDArray[Any]:
    """``count`` values drawn evenly from a range, both ends included where they are whole numbers.

    Raises:
        InvalidInput: the range is upside down.
    """
    low, high = ends
    if low > high:
        raise InvalidInput(f"the range {list(ends)} is upside down")
    if np.dtype(dtype).kind == "f":
        return low + draws.uniform(count) * (high - low)
    return draws.between(count, int(low), int(high))


def _joined(parts: list[dict[str, Any]], name: str, dtype: str) -> npt.NDArray[Any]:
    return np.concatenate([part[name] for part in parts]) if parts else np.empty(0, dtype)


def _drawn(value: int | tuple[int, int], count: int, draws: Draws, what: str) -> Any:
    if isinstance(value, tuple):
        low, high = value
        if low > high:
            raise InvalidInput(f"{what}: the range {list(value)} is upside down")
        return draws.between(count, low, high).astype(np.uint8)
    return value


def _pairs(connectome: Connectome, projection: ProjectionRecipe, draws: Draws) -> tuple[I8, I8]:
    sources, targets = connectome.neurons_of(projection.source), connectome.neurons_of(projection.target)
    same = projection.source == projection.target
    rule, n, m = projection.rule, len(sources), len(targets)
    drop_self = same and not projection.self_joins
    if isinstance(rule, Probability):
        source, target = degrees.with_probability(n, m, rule.p, draws)
    elif isinstance(rule, Degree):
        choose = degrees.fixed_out_degree if rule.kind == "out_degree" else degrees.fixed_in_degree
        source, target = choose(n, m, rule.degree, draws, repeats=rule.repeats, self_joins=not drop_self)
    elif isinstance(rule, Vectors | Patterns | Function):
        source, target = _by_place(connectome, projection, sources, targets)
    elif rule.kind == "one_to_one":
        source, target = places.one_to_one(n, m)
    else:
        source, target = places.all_to_all(n, m)
    made_from, made_to = sources[source].astype(np.int64), targets[target].astype(np.int64)
    if drop_self:
        apart = made_from != made_to
        made_from, made_to = made_from[apart], made_to[apart]
    return made_from, made_to


def _by_place(connectome: Connectome, projection: ProjectionRecipe, sources: Any, targets: Any) -> tuple[I8, I8]:
    neurons, rule = connectome.neurons, projection.rule
    spots = [
        np.stack([neurons.x[ids], neurons.y[ids], neurons.z[ids]], axis=1).astype(np.int64)
        for ids in (sources, targets)
    ]
    if isinstance(rule, Vectors):
        return places.by_vectors(spots[0], spots[1], rule.vectors)
    if isinstance(rule, Patterns):
        return places.by_patterns(spots[0], spots[1], rule.patterns)
    assert isinstance(rule, Function)
    if rule.name not in places.FUNCTIONS:
        raise InvalidInput(f"there is no function {rule.name!r}; there are: {', '.join(places.FUNCTIONS)}")
    sizes = [connectome.areas[connectome.area_index(name)].size for name in (projection.source, projection.target)]
    return places.by_function(spots[0], spots[1], sizes[0], sizes[1], places.FUNCTIONS[rule.name])
