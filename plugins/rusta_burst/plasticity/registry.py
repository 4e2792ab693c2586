"""Rules found by their names, and made for a connectome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import Plasticity
from rusta_burst.errors import BurstError, InvalidInput

GROUP = "rusta.burst.plasticity"
Factory = Callable[[Mapping[str, float], Connectome, int], Plasticity]


def available() -> dict[str, str]:
    """The rules that are installed: name and the distribution each came from."""
    return {
        point.name: point.dist.name if point.dist is not None else "?"
        for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)
    }


def make_rules(connectome: Connectome) -> list[Plasticity]:
    """A rule object for every rule of the connectome, in their order.

    Raises:
        InvalidInput: no rule of that name is installed, or its parameters do not fit.
        BurstError: a rule cannot be loaded.
    """
    points = {point.name: point for point in entry_points(group=GROUP)}
    made = []
    for number, spec in enumerate(connectome.rules, start=1):
        if spec.kind not in points:
            known = ", ".join(sorted(points)) or "none"
            raise InvalidInput(f"rule {number}: there is no plasticity {spec.kind!r}; installed are: {known}")
        made.append(_load(points[spec.kind])(spec.parameters, connectome, number))
    return made


def _load(point: EntryPoint) -> Factory:
    try:
        return cast(Factory, point.load())
    except Exception as error:  # a stranger's package
        raise BurstError(f"plasticity {point.name!r} ({point.value}) cannot be loaded: {error}") from None
