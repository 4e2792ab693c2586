"""Every memory rule: all ways of running it agree, and its own backward pass is the automatic one."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from rusta_hecate.errors import PairError
from rusta_hecate.layers.rules import RULES, STRATEGIES, matrix, pair, run
from rusta_hecate.layers.rules.reading import on_its_set, read
from rusta_hecate.layers.rules.scan import affine_scan

torch.set_num_threads(1)

N, KEYS, SLOTS = 2, 4, 5
SCALE = {"write": 0.4, "forget": 0.2, "momentum": 0.8}


def problem(name: str, time: int, seed: int = 0) -> tuple[dict[str, Tensor], list[Tensor]]:
    """Inputs and a starting state of a rule, in double precision."""
    rule, g = RULES[name], torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    inputs = {part: functional.normalize(draw(N, time, KEYS), dim=-1) for part in ("q", "k")}
    inputs["v"] = draw(N, time, KEYS) * 0.7
    inputs |= {gate: torch.rand(N, time, generator=g).double() * SCALE[gate] + 0.02 for gate in rule.gates}
    state = [on_its_set(name, i, 0.4 * draw(N, *shape)) for i, shape in enumerate(rule.shapes(KEYS, KEYS, SLOTS))]
    return inputs, state


def everything(
    name: str, strategy: str, inputs: dict[str, Tensor], state: list[Tensor], *, by_hand: bool, chunk: int = 4
) -> list[Tensor]:
    """Outputs, end state, and the gradients of all inputs and of the start."""
    leaves = {key: x.clone().requires_grad_() for key, x in inputs.items()}
    start = [x.clone().requires_grad_() for x in state]
    out, end = run(pair(name, strategy, chunk), leaves, tuple(start), by_hand=by_hand)
    g = torch.Generator().manual_seed(9)
    loss = sum((x * torch.randn(x.shape, generator=g, dtype=torch.float64)).sum() for x in (out, *end))
    loss.backward()
    return [out.detach(), *(x.detach() for x in end), *(x.grad for x in (*leaves.values(), *start))]


@pytest.mark.parametrize(("name", "strategy"), [(r, s) for r, s, valid, _ in matrix() if valid])
def test_every_way_gives_the_recurrence_and_its_gradient(name: str, strategy: str) -> None:
    """13 places in chunks of 4: whole chunks, a rest, and the state's way through all of them."""
    inputs, state = problem(name, 13)
    truth = everything(name, "recurrent", inputs, state, by_hand=False)
    for by_hand in (True, False):
        ours = everything(name, strategy, inputs, state, by_hand=by_hand)
        for a, b in zip(ours, truth, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", RULES)
def test_two_halves_are_the_whole(name: str) -> None:
    """The state carries everything: running on from it is the same as running through."""
    inputs, state = problem(name, 10)
    way = pair(name, "recurrent")
    whole, end = run(way, inputs, tuple(state))
    first, middle = run(way, {k: x[:, :6] for k, x in inputs.items()}, tuple(state))
    second, last = run(way, {k: x[:, 6:] for k, x in inputs.items()}, middle)
    torch.testing.assert_close(torch.cat((first, second), 1), whole)
    for a, b in zip(last, end, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("name", RULES)
def test_reading_a_state_is_what_the_rule_answers_when_nothing_is_written(name: str) -> None:
    inputs, state = problem(name, 3)
    still = {**inputs, **{gate: torch.zeros(N, 3).double() for gate in RULES[name].gates}}
    answers, end = run(pair(name, "recurrent"), still, tuple(state))
    if name == "titans":  # surprise that is left over goes on moving the memory unless it is zero
        state[1].zero_()
        answers, end = run(pair(name, "recurrent"), still, tuple(state))
    torch.testing.assert_close(answers, read(name, inputs["q"], tuple(state)))
    torch.testing.assert_close(end[0], state[0])


def test_the_matrix_says_why_not() -> None:
    assert {(r, s) for r, s, _, _ in matrix()} == {(r, s) for r in RULES for s in STRATEGIES}
    for rule, strategy, valid, why in matrix():
        assert valid == (why == "")
        if not valid:
            with pytest.raises(PairError, match=why[:30]):
                pair(rule, strategy)
    with pytest.raises(PairError, match="no memory rule is called 'hebb'"):
        pair("hebb", "recurrent")
    with pytest.raises(PairError, match="no strategy"):
        pair("delta", "sideways")


@settings(max_examples=20, deadline=None)
@given(time=st.integers(1, 9), keys=st.integers(1, 4), values=st.integers(1, 3), seed=st.integers(0, 1000))
def test_a_scan_is_the_loop(time: int, keys: int, values: int, seed: int) -> None:
    g = torch.Generator().manual_seed(seed)
    maps = torch.randn(2, time, keys, keys, generator=g).double()
    shifts, x = (
        torch.randn(2, time, keys, values, generator=g).double(),
        torch.randn(2, keys, values, generator=g).double(),
    )
    found = affine_scan(maps, shifts, x)
    for t in range(time):
        x = maps[:, t] @ x + shifts[:, t]
        torch.testing.assert_close(found[:, t], x, rtol=1e-7, atol=1e-7)


def test_memories_stay_on_their_sets() -> None:
    """MEMORA's rows remain distributions, Lattice's slots unit vectors."""
    inputs, state = problem("memora", 12)
    for part in run(pair("memora", "recurrent"), inputs, tuple(state))[1]:
        torch.testing.assert_close(part.sum(-1), torch.ones_like(part[..., 0]))
        assert (part > 0).all()
    inputs, state = problem("lattice", 12)
    (slots,) = run(pair("lattice", "recurrent"), inputs, tuple(state))[1]
    torch.testing.assert_close(slots.norm(dim=-1), torch.ones_like(slots[..., 0]))
    assert not torch.allclose(slots, state[0], atol=1e-3)


def test_titans_chunks_are_exact_where_frozen_gradients_are_not() -> None:
    """The exact chunked form equals the recurrence at a write strength where the frozen form is far off."""
    inputs, state = problem("titans", 16)
    inputs["write"] = torch.full_like(inputs["write"], 0.5)
    truth, _ = run(pair("titans", "recurrent"), inputs, tuple(state))
    ours, _ = run(pair("titans", "chunkwise", 16), inputs, tuple(state))
    torch.testing.assert_close(ours, truth, rtol=1e-9, atol=1e-9)
    errors = inputs["v"] - inputs["k"] @ state[0].mT
    memory, surprise = state
    said = []
    for t in range(16):
        fresh = inputs["write"][:, t, None, None] * errors[:, t, :, None] * inputs["k"][:, t, None]
        surprise = inputs["momentum"][:, t, None, None] * surprise + fresh
        memory = (1 - inputs["forget"][:, t, None, None]) * memory + surprise
        said.append((memory @ inputs["q"][:, t, :, None])[..., 0])
    frozen = torch.stack(said, 1)
    assert (frozen - truth).norm() / truth.norm() > 0.1
