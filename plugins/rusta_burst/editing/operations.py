"""The operations an edit is made of, as JSON with a closed schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from rusta_burst.errors import InvalidInput
from rusta_burst.growth.recipe import U8, Delay, Extent, Name, ProjectionRecipe, Range
from rusta_schemas.base import Bool, Closed, Count, Int, Number

Parameters = dict[str, Number | Range]


class AddArea(Closed):
    """A new area without neurons."""

    op: Literal["add_area"]
    name: Name
    kind: Literal["cortical", "sensory", "motor", "power", "memory"] = "cortical"
    size: tuple[Extent, Extent, Extent] = (1, 1, 1)
    psp_from_potential: Bool = False
    psp_by_fanout: Bool = False
    window: Annotated[Int, Field(ge=1, le=1024)] = 1
    watches: tuple[Name, ...] = ()


class RemoveArea(Closed):
    """An area, its neurons and all their synapses."""

    op: Literal["remove_area"]
    name: Name


class AddNeurons(Closed):
    """New neurons in an area. They get the numbers after the last one. ``places`` are theirs; else they lie at 0, 0, 0."""

    op: Literal["add_neurons"]
    area: Name
    count: Annotated[Int, Field(ge=1, lt=2**32)]
    places: tuple[tuple[Count, Count, Count], ...] = ()
    parameters: Parameters = Field(default_factory=dict)


class RemoveNeurons(Closed):
    """Neurons and their synapses. Their numbers stay unused, so nobody else is renumbered."""

    op: Literal["remove_neurons"]
    ids: tuple[Count, ...]


class SetNeurons(Closed):
    """New values of fields, for the neurons named or for a whole area."""

    op: Literal["set_neurons"]
    ids: tuple[Count, ...] = ()
    area: Name | None = None
    parameters: Parameters


class AddSynapses(Closed):
    """New synapses, from ``source[k]`` to ``target[k]``; a single number holds for all of them."""

    op: Literal["add_synapses"]
    source: tuple[Count, ...]
    target: tuple[Count, ...]
    weight: U8 | tuple[U8, ...] = 255
    psp: U8 | tuple[U8, ...] = 255
    inhibitory: Bool = False
    delay: Delay | tuple[Delay, ...] = 1
    rule: U8 = 0


class Chosen(Closed):
    """Synapses by their numbers, by (source, target) pairs, or all between two areas; all that are named are meant."""

    ids: tuple[Count, ...] = ()
    pairs: tuple[tuple[Count, Count], ...] = ()
    between: tuple[Name, Name] | None = None


class RemoveSynapses(Chosen):
    """Take synapses out. The later ones move up."""

    op: Literal["remove_synapses"]


class SetSynapses(Chosen):
    """New values of fields of the chosen synapses."""

    op: Literal["set_synapses"]
    weight: U8 | None = None
    psp: U8 | None = None
    inhibitory: Bool | None = None
    delay: Delay | None = None
    rule: U8 | None = None


class Project(ProjectionRecipe):
    """Grow synapses between two areas by a rule; ``plasticity`` is not for edits, use ``rule`` of set_synapses."""

    op: Literal["project"]
    seed: Annotated[Int, Field(ge=0, lt=2**64)] = 0


class AddRule(Closed):
    """A further plasticity rule; it gets the next number."""

    op: Literal["add_rule"]
    kind: Name
    parameters: dict[str, Number] = Field(default_factory=dict)


class Compact(Closed):
    """Drop the numbers of removed neurons; the others are renumbered in their order."""

    op: Literal["compact"]


Operation = Annotated[
    AddArea
    | RemoveArea
    | AddNeurons
    | RemoveNeurons
    | SetNeurons
    | AddSynapses
    | RemoveSynapses
    | SetSynapses
    | Project
    | AddRule
    | Compact,
    Field(discriminator="op"),
]

_LIST: TypeAdapter[tuple[Operation, ...]] = TypeAdapter(tuple[Operation, ...])


def parse(told: Any) -> tuple[Operation, ...]:
    """Operations from plain data, a list of objects or one.

    Raises:
        InvalidInput: naming the operation and what is wrong with it.
    """
    try:
        return _LIST.validate_python([told] if isinstance(told, dict) else told)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the edit"
        raise InvalidInput(f"edit: operation {place}: {first['msg']}") from None
