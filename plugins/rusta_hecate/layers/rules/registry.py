"""Every rule with the ways it can be run, and why not the others: the constraint matrix."""

from __future__ import annotations

from collections.abc import Callable

from rusta_hecate.errors import PairError
from rusta_hecate.layers.rules import delta, lattice, titans
from rusta_hecate.layers.rules.biases import Huber, Power, Square
from rusta_hecate.layers.rules.contract import Pair, Rule
from rusta_hecate.layers.rules.mlp_memory import MlpMemory
from rusta_hecate.layers.rules.retentions import Decay, Entropic, Momentum, Normed, Retention

STRATEGIES = ("recurrent", "chunkwise", "scan")

_NETWORK = {
    "chunkwise": "the inner gradient is not linear in the memory, so a chunk has no closed form; the published form "
    "takes every gradient at the chunk's first memory, which is another rule",
    "scan": "one place is not an affine map of the state, so places do not compose",
}
_SPHERE = {
    "chunkwise": "slots are brought back to length 1 after every place, so a chunk has no closed form",
    "scan": "bringing slots back to length 1 is not an affine map, so places do not compose",
}


def _matrix(keys: int, values: int, slots: int) -> tuple[tuple[int, ...], ...]:  # noqa: ARG001
    return ((keys, values),)


def _two_matrices(keys: int, values: int, slots: int) -> tuple[tuple[int, ...], ...]:  # noqa: ARG001
    return ((values, keys), (values, keys))


def _slots(keys: int, values: int, slots: int) -> tuple[tuple[int, ...], ...]:  # noqa: ARG001
    return ((slots, values),)


def _whole(pair: Pair) -> Callable[[int], Pair]:
    """A way of running that knows no chunks."""
    return lambda _chunk: pair


def _network(
    name: str, memory: MlpMemory, retention: Retention, source: str, first_write: float, first_forget: float = -4.0
) -> Rule:
    def shapes(keys: int, values: int, slots: int) -> tuple[tuple[int, ...], ...]:
        return ((slots, keys),) * retention.parts + ((values, slots),) * retention.parts

    ways = {"recurrent": _whole(memory.pair)}
    return Rule(name, retention.gates, shapes, ways, _NETWORK, source, True, first_write, first_forget)


_LINEAR = {"recurrent": _whole(delta.RECURRENT), "chunkwise": delta.chunkwise, "scan": _whole(delta.SCAN)}
_TITANS = {"recurrent": _whole(titans.RECURRENT), "chunkwise": titans.chunkwise, "scan": _whole(titans.SCAN)}

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("delta", ("write",), _matrix, _LINEAR, {}, "Yang et al. 2024, DeltaNet"),
        Rule("gated_delta", ("write", "forget"), _matrix, _LINEAR, {}, "Yang et al. 2024, Gated DeltaNet"),
        Rule("titans", titans.NAMES[3:], _two_matrices, _TITANS, {}, "Behrouz et al. 2024, Titans, linear memory"),
        _network("titans_mlp", MlpMemory(Square(), Momentum()), Momentum(), "Behrouz et al. 2024, Titans, MLP memory", -5.0),
        # MONETA reads A / ‖A‖², so forgetting (a smaller A) makes the memory louder: it has to begin as good as off.
        _network("moneta", MlpMemory(Power(), Normed()), Normed(), "Behrouz et al. 2025, MIRAS", -4.0, -8.0),
        _network("yaad", MlpMemory(Huber(), Decay(0.01)), Decay(0.01), "Behrouz et al. 2025, MIRAS", -3.0),
        _network("memora", MlpMemory(Square(), Entropic()), Entropic(), "Behrouz et al. 2025, MIRAS", 0.0),
        Rule("lattice", ("write",), _slots, {"recurrent": _whole(lattice.RECURRENT)}, _SPHERE, "Karami et al. 2025, Lattice",
             learned_start=True),
    )
}  # fmt: skip


def pair(rule: str, strategy: str, chunk: int = 64) -> Pair:
    """The forward and backward pass of a rule run in one way; PairError says why it can't be."""
    found = RULES.get(rule)
    if found is None:
        raise PairError(f"no memory rule is called {rule!r}; there are {', '.join(RULES)}")
    if strategy not in STRATEGIES:
        raise PairError(f"no strategy is called {strategy!r}; there are {', '.join(STRATEGIES)}")
    if strategy not in found.strategies:
        raise PairError(
            f"{rule} cannot be run as {strategy!r}: {found.refused[strategy]}; use {', '.join(found.strategies)}"
        )
    return found.strategies[strategy](chunk)


def matrix() -> list[tuple[str, str, bool, str]]:
    """(rule, strategy, valid, why not) for every pair."""
    return [
        (rule.name, strategy, strategy in rule.strategies, rule.refused.get(strategy, ""))
        for rule in RULES.values()
        for strategy in STRATEGIES
    ]
