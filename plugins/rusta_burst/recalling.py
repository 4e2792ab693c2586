"""Recall by spreading activation: what comes to mind when some symbols and mistakes are given.

Symbols and past mistakes are neurons; references between symbols, and mistakes that were mended together, are synapses
(Collins & Loftus, "A spreading-activation theory of semantic processing", 1975). A thing that becomes active enough fires
once and passes its activation on; what it passes is divided among all its links, so that what is linked to everything
says little, and is halved (``spread``) at every step::

    links = [Link("parse", "Token", 0.9), Link("E0502 in parse", "parse", 1.0, "co_fix")]
    memory = Associations(links)
    for found in recall(memory, ["parse"]):
        print(found.name, found.activation, " <- ".join(found.path))
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rusta_burst.engine.propagation import SynapticPropagationEngine
from rusta_burst.errors import InvalidInput

KINDS = ("reference", "co_fix")
MOST_STEPS = 64


@dataclass(frozen=True)
class Link:
    """``source`` brings ``target`` to mind with ``strength`` above 0 up to 1. A ``co_fix`` works both ways."""

    source: str
    target: str
    strength: float = 1.0
    kind: str = "reference"


@dataclass(frozen=True)
class Recalled:
    """``path`` leads from the thing itself back to the cue that brought most of it; ``step`` is when it became active."""

    name: str
    activation: float
    step: int
    path: tuple[str, ...]


class Associations:
    """What is linked with what. Links between the same two things add up, to 1 at most.

    Raises:
        InvalidInput: a strength out of range, an unknown kind, or an empty name.
    """

    def __init__(self, links: Iterable[Link]) -> None:
        strengths: dict[tuple[str, str], float] = {}
        for link in links:
            _check(link)
            ends = [(link.source, link.target)]
            if link.kind == "co_fix" and link.source != link.target:
                ends.append((link.target, link.source))
            for pair in ends:
                strengths[pair] = min(1.0, strengths.get(pair, 0.0) + link.strength)
        self.names = tuple(sorted({name for pair in strengths for name in pair}))
        self.number = {name: k for k, name in enumerate(self.names)}
        pairs = sorted(strengths)
        self._source = np.asarray([self.number[a] for a, _ in pairs], np.uint32)
        target = np.asarray([self.number[b] for _, b in pairs], np.uint32)
        weight = np.asarray([max(1, round(255 * strengths[pair])) for pair in pairs], np.uint8)
        #: How many links lead away from each thing: what it passes on is divided among them.
        self.fan = np.bincount(self._source, minlength=len(self.names))
        psp = np.ones(len(pairs), np.uint8)
        self.engine = SynapticPropagationEngine(threads=1, complement=False)
        self.engine.build_index(
            self._source, target, weight, psp, np.zeros(len(pairs), np.uint8), neurons=len(self.names)
        )

    def __len__(self) -> int:
        return len(self.names)


def recall(
    associations: Associations,
    cues: Mapping[str, float] | Iterable[str],
    *,
    steps: int = 3,
    spread: float = 0.5,
    threshold: float = 0.005,
    limit: int = 10,
) -> tuple[Recalled, ...]:
    """What the cues bring to mind, the most active first; equals by name. The cues themselves are not among it.

    Args:
        cues: names, or names with an activation above 0. Names that nothing is known of are passed over.
        steps: how many links away activation may get.
        spread: the share that is passed on.
        threshold: the activation from which on a thing fires.
        limit: at most so many.

    Raises:
        InvalidInput: a number out of range.
    """
    given = dict(cues) if isinstance(cues, Mapping) else dict.fromkeys(cues, 1.0)
    _check_numbers(given, steps, spread, threshold, limit)
    known = {associations.number[name]: value for name, value in given.items() if name in associations.number}
    activation = np.zeros(len(associations), np.float64)
    for k, value in known.items():
        activation[k] = value
    reached = np.full(len(associations), -1, np.int64)
    reached[list(known)] = 0
    before = np.full(len(associations), -1, np.int64)
    fired = np.zeros(len(associations), bool)
    for step in range(1, steps + 1):
        firing = np.flatnonzero(~fired & (activation >= threshold)).astype(np.uint32)
        if not len(firing):
            break
        fired[firing] = True
        _pass_on(associations, firing, activation, reached, before, step, spread)
    order = sorted(
        (k for k in np.flatnonzero(reached > 0).tolist() if activation[k] > 0),
        key=lambda k: (-activation[k], associations.names[k]),
    )
    return tuple(
        Recalled(associations.names[k], float(activation[k]), int(reached[k]), _path(associations, before, k))
        for k in order[:limit]
    )


def _pass_on(
    associations: Associations,
    firing: npt.NDArray[np.uint32],
    activation: npt.NDArray[np.float64],
    reached: npt.NDArray[np.int64],
    before: npt.NDArray[np.int64],
    step: int,
    spread: float,
) -> None:
    targets, contributions, positions = associations.engine.traced_events(firing)
    senders = associations.engine.table.sources_of(positions)
    amounts = contributions / 255 * spread * activation[senders] / associations.fan[senders]
    # Who brought most comes first; equals by the sender's number.
    order = np.lexsort((senders, -amounts, targets))
    first = order[np.concatenate([[True], targets[order][1:] != targets[order][:-1]])] if len(order) else order
    new = first[reached[targets[first]] < 0]
    reached[targets[new]] = step
    before[targets[new]] = senders[new]
    np.add.at(activation, targets[order], amounts[order])


def _path(associations: Associations, before: npt.NDArray[np.int64], start: int) -> tuple[str, ...]:
    path = [start]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    return tuple(associations.names[k] for k in path)


def _check(link: Link) -> None:
    if not link.source or not link.target:
        raise InvalidInput(f"link {link!r}: both names must have at least one character")
    if link.kind not in KINDS:
        raise InvalidInput(
            f"link {link.source!r} -> {link.target!r}: kind is {link.kind!r}; expected {' or '.join(KINDS)}"
        )
    if not (math.isfinite(link.strength) and 0 < link.strength <= 1):
        raise InvalidInput(
            f"link {link.source!r} -> {link.target!r}: strength is {link.strength!r}; expected above 0, up to 1"
        )


def _check_numbers(cues: Mapping[str, float], steps: int, spread: float, threshold: float, limit: int) -> None:
    for name, value in cues.items():
        if not (math.isfinite(value) and 0 < value <= 1e6):
            raise InvalidInput(f"cue {name!r}: activation is {value!r}; expected a number above 0")
    if not 1 <= steps <= MOST_STEPS:
        raise InvalidInput(f"steps is {steps!r}; expected 1 to {MOST_STEPS}")
    if not (math.isfinite(spread) and 0 < spread <= 1):
        raise InvalidInput(f"spread is {spread!r}; expected a number above 0, up to 1")
    if not (math.isfinite(threshold) and threshold > 0):
        raise InvalidInput(f"threshold is {threshold!r}; expected a number above 0")
    if limit < 1:
        raise InvalidInput(f"limit is {limit!r}; expected 1 or more")
