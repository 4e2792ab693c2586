"""A recipe: areas, projections and plasticity as data (TOML or JSON), from which a connectome is grown.

The same recipe and the same seed give the same connectome, bit for bit::

    [[areas]]
    name = "excitatory"
    neurons = 800
    parameters = { threshold = 40000, leak = 0.1, potential = [0, 30000] }

    [[projections]]
    from = "excitatory"
    to = "excitatory"
    rule = { kind = "probability", p = 0.02 }
    weight = [40, 60]
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from rusta_burst.errors import BurstError, InvalidInput
from rusta_schemas.base import Bool, Closed, Count, Int, Number

Range = tuple[Number, Number]
U8 = Annotated[Int, Field(ge=0, le=255)]
U8Range = tuple[U8, U8]
Delay = Annotated[Int, Field(ge=1, le=255)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Extent = Annotated[Int, Field(ge=1, lt=2**31)]


class AreaRecipe(Closed):
    """``neurons`` in a row, or ``per_place`` neurons at every place of ``size``.

    ``parameters``: fields of neurons, a number or a range from which each neuron draws evenly.
    """

    name: Name
    kind: Literal["cortical", "sensory", "motor", "power", "memory"] = "cortical"
    neurons: Annotated[Int, Field(ge=0, lt=2**32)] | None = None
    size: tuple[Extent, Extent, Extent] | None = None
    per_place: Annotated[Int, Field(ge=1)] = 1
    parameters: dict[str, Number | Range] = Field(default_factory=dict)
    psp_from_potential: Bool = False
    psp_by_fanout: Bool = False
    window: Annotated[Int, Field(ge=1, le=1024)] = 1
    watches: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _has_neurons(self) -> AreaRecipe:
        if (self.neurons is None) == (self.size is None):
            raise ValueError("give either neurons or size")
        return self

    @property
    def extent(self) -> tuple[int, int, int]:
        """The places of the area."""
        return self.size if self.size is not None else (max(1, self.neurons or 0), 1, 1)

    @property
    def count(self) -> int:
        """The neurons of the area."""
        x, y, z = self.extent
        return self.neurons if self.neurons is not None else x * y * z * self.per_place


class Probability(Closed):
    """Every pair with probability ``p``."""

    kind: Literal["probability"]
    p: Annotated[Number, Field(ge=0, le=1)]


class Degree(Closed):
    """``degree`` partners for every source (out) or target (in)."""

    kind: Literal["in_degree", "out_degree"]
    degree: Count
    repeats: Bool = False


class Vectors(Closed):
    """To the own place plus each vector."""

    kind: Literal["vectors"]
    vectors: tuple[tuple[Int, Int, Int], ...]


class Patterns(Closed):
    """Patterns of coordinates, see :func:`rusta_burst.growth.places.by_patterns`."""

    kind: Literal["patterns"]
    patterns: tuple[tuple[tuple[Count | str, ...], tuple[Count | str, ...]], ...]


class Function(Closed):
    """A function of places by its name, see :data:`rusta_burst.growth.places.FUNCTIONS`."""

    kind: Literal["function"]
    name: str


class Whole(Closed):
    """The n-th to the n-th, or all to all."""

    kind: Literal["one_to_one", "all_to_all"]


Rule = Annotated[Probability | Degree | Vectors | Patterns | Function | Whole, Field(discriminator="kind")]


class ProjectionRecipe(Closed):
    """How two areas are joined, and what the synapses are like. A range is drawn from evenly."""

    source: Name = Field(alias="from")
    target: Name = Field(alias="to")
    rule: Rule
    weight: U8 | U8Range = 255
    psp: U8 | U8Range = 255
    inhibitory: Bool = False
    delay: Delay | tuple[Delay, Delay] = 1
    plasticity: str | None = None
    self_joins: Bool = False


class PlasticityRecipe(Closed):
    """A rule by which synapses learn."""

    kind: str
    parameters: dict[str, Number] = Field(default_factory=dict)


class Recipe(Closed):
    """Everything that a connectome is grown from, but for the seed, which may stand here too."""

    seed: Annotated[Int, Field(ge=0, lt=2**64)] | None = None
    areas: tuple[AreaRecipe, ...]
    projections: tuple[ProjectionRecipe, ...] = ()
    plasticity: dict[str, PlasticityRecipe] = Field(default_factory=dict)


def parse(told: Any) -> Recipe:
    """A recipe from plain data.

    Raises:
        InvalidInput: naming the place in the recipe and what is wrong there.
    """
    try:
        return Recipe.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the recipe"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise InvalidInput(f"recipe: {place}: {first['msg']}{more}") from None


def read(path: Path) -> Recipe:
    """A recipe from a ``.toml`` or ``.json`` file.

    Raises:
        InvalidInput: it is neither, or not a recipe.
        BurstError: it cannot be opened.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BurstError(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: byte {error.start} is not UTF-8; a recipe is TOML or JSON text") from None
    try:
        told = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: {error}") from None
    try:
        return parse(told)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from None
