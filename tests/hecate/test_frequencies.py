"""Levels of different frequencies: error buffers, their watch, frozen levels, and states that are carried on."""

from __future__ import annotations

import pytest
import torch

from rusta_hecate.errors import ConfigError
from rusta_hecate.frequencies.buffers import ErrorBuffers
from rusta_hecate.frequencies.falsify import Duel, Pairing, Verdict, duel, pairings, verdicts
from rusta_hecate.frequencies.stream import Stream, bits_per_byte, own_text, small, train
from rusta_hecate.layers.rules import RULES
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.memory import MemoryBranch
from rusta_hecate.verification.differences import agreement, along

torch.set_num_threads(1)
TEXT = own_text()[:6000]


def ids(seed: int, time: int = 12) -> torch.Tensor:
    return torch.randint(0, 256, (2, time), generator=torch.Generator().manual_seed(seed))


def awake(model: ByteModel) -> ByteModel:
    """Weights away from their zero starts, so that every gradient is something."""
    g = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.05 * torch.randn(p.shape, generator=g))
    return model


def branch_of(model: ByteModel) -> MemoryBranch:
    (branch,) = (m for m in model.modules() if isinstance(m, MemoryBranch))
    return branch


def test_a_slow_level_gets_the_sum_of_its_gradients_when_it_is_its_turn() -> None:
    model = awake(ByteModel(small("delta", (1, 3))))
    buffers, branch = ErrorBuffers(model), branch_of(model)
    branch.carry = True
    slow, quick = branch.levels[1].qkv, branch.levels[0].qkv
    total = torch.zeros_like(slow)
    for step in range(7):
        buffers.begin(step)
        model.zero_grad()
        model.loss(ids(step), ids(step + 100)).backward()
        total += slow.grad
        syncs = buffers.settle(step)
        assert quick.grad is not None
        if step % 3 == 0:
            torch.testing.assert_close(slow.grad, total)
            assert [s.step for s in syncs] == [step]
            total.zero_()
        else:
            assert slow.grad is None
            assert syncs == []


def test_an_optimiser_leaves_a_frozen_level_alone() -> None:
    model = awake(ByteModel(small("delta", (1, 4))))
    branch = branch_of(model)
    before = {}

    def watch(trace) -> bool:
        before.setdefault(len(trace.losses), branch.levels[1].qkv.detach().clone())
        return False

    train(model, TEXT, steps=6, stop=watch)
    moved = [not torch.equal(before[n], before[n + 1]) for n in range(1, 6)]
    assert moved == [True, False, False, False, True]


@pytest.mark.parametrize(("clip", "size"), [(False, 40.0), (True, 2.0)])
def test_the_watch_tells_and_clips(clip: bool, size: float) -> None:
    """Forty steps of the same gradient are forty times one of them."""
    model = ByteModel(small("delta", (1, 40)))
    buffers = ErrorBuffers(model, threshold=2.0, clip=clip)
    for step in range(1, 41):
        for p in model.parameters():
            p.grad = torch.ones_like(p)
        found = buffers.settle(step)
    (sync,) = found
    assert (sync.level, sync.loud, sync.clipped) == (1, True, clip)
    assert sync.ratio == pytest.approx(40.0)
    torch.testing.assert_close(
        branch_of(model).levels[1].qkv.grad, torch.full_like(branch_of(model).levels[1].qkv, size)
    )
    assert "level 1 applies 40.0 times" in str(sync)
    with pytest.raises(ConfigError, match="threshold"):
        ErrorBuffers(model, threshold=0.0)


@pytest.mark.parametrize("rule", RULES)
def test_a_frozen_level_s_backward_is_that_of_reading(rule: str) -> None:
    """The loss's slope along a direction of every parameter, with the second level frozen."""
    model = awake(ByteModel(small(rule, (1, 8)))).double()
    branch = branch_of(model)
    branch.carry = True
    with torch.no_grad():
        model(ids(1))
    states = [tuple(part.clone() for part in state) for state in branch.states]
    branch.active = (True, False)

    def loss() -> torch.Tensor:
        branch.states = list(states)
        return torch.nn.functional.cross_entropy(model(ids(2)).transpose(1, 2), ids(3))

    loss().backward()
    slow = branch.levels[1]
    for p in (slow.qkv, branch.levels[0].qkv, branch.gate):
        direction = torch.randn(1, *p.shape, generator=torch.Generator().manual_seed(7)).double()
        direction /= direction.norm()
        assert agreement((p.grad * direction).sum()[None], along(loss, p.detach(), direction)).close
    width = model.config.width
    assert slow.qkv.grad[:width].abs().max() > 0, "queries are still used"
    assert slow.qkv.grad[width:].abs().max() == 0, "keys and values write nothing"
    for kept, now in zip(states[1], branch.states[1], strict=True):
        assert torch.equal(kept, now), "a frozen state stands still"
    assert not all(torch.equal(a, b) for a, b in zip(states[0], branch.states[0], strict=True))


def test_memory_evolves_stays_bounded_and_gates_depend_on_the_data() -> None:
    """The seed's criteria 6 and 7 of Track Zero-B."""
    model = ByteModel(small("delta", (1,)))
    trace = train(model, TEXT, steps=20)
    assert len({round(s, 3) for s in trace.states}) > 10
    assert 0 < max(trace.states) < 100
    gate = branch_of(model).last_gate
    assert gate is not None
    assert 0 <= gate.min() < gate.max() <= 1
    assert gate.flatten(0, 1).std(0).mean() > 0.01, "the same gate for every byte"
    assert trace.losses[-1] < trace.losses[0]


def test_four_levels_take_their_turns() -> None:
    trace = train(ByteModel(small("delta", (1, 2, 8, 64), width=8)), TEXT, steps=18, rows=1, length=4)
    assert [s.step for s in trace.syncs if s.level == 1] == list(range(0, 18, 2))
    assert [s.step for s in trace.syncs if s.level == 2] == [0, 8, 16]
    assert [s.step for s in trace.syncs if s.level == 3] == [0]


def test_a_stream_reads_every_row_in_order_and_begins_anew() -> None:
    stream = Stream(bytes(range(100)), rows=2, length=16)
    first, targets, anew = stream.next()
    assert (first[0, 0], first[1, 0], targets[0, -1], anew) == (0, 50, 16, False)
    assert [stream.next()[2] for _ in range(3)] == [False, False, True]
    with pytest.raises(ConfigError, match="longer text"):
        Stream(b"short", rows=2, length=16)


def test_bits_per_byte_of_an_untrained_model_are_about_eight() -> None:
    assert bits_per_byte(ByteModel(small("delta", (1, 8))), TEXT[:3000]) == pytest.approx(8, abs=0.4)


def test_a_duel_is_a_function_of_its_pairing() -> None:
    wanted = pairings(["delta"], 3, [1.0], seeds=(1, 2))
    found = {one.key: duel(one, TEXT) for one in wanted}
    (verdict,) = verdicts(wanted, found)
    first = verdict.duels[0]
    assert 0 < first.one < 9
    assert verdict.better == all(d.one > d.two for d in verdict.duels)
    assert f"| 1 | {first.one:.4f} |" in verdict.to_markdown()
    again = duel(wanted[0], TEXT)
    assert (again.one, again.two, again.ratio) == (first.one, first.two, first.ratio)
    with pytest.raises(ConfigError, match="too few"):
        duel(Pairing("delta", 3), b"x" * 100)


def test_a_slow_rate_moves_slow_levels_alone() -> None:
    """With the factor 0 the second level stays where it began, and the first learns."""
    model = ByteModel(small("delta", (1, 8)))
    first, second = (level.qkv.detach().clone() for level in branch_of(model).levels)
    train(model, TEXT, steps=2, slow_rate=0.0)
    assert torch.equal(branch_of(model).levels[1].qkv, second)
    assert not torch.equal(branch_of(model).levels[0].qkv, first)


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ((0.1, 0.2), "beats k=1 with every seed"),
        ((-0.1, -0.2), "loses to k=1 with every seed"),
        ((0.1, -0.1), "no effect"),
    ],
)
def test_verdicts(gains: tuple[float, float], words: str) -> None:
    verdict = Verdict("delta", 9, tuple(Duel(str(i), i, 2.0 + g, 2.0, 3.0) for i, g in enumerate(gains)))
    assert words in verdict.sentence
    assert verdict.better == (min(gains) > 0)
