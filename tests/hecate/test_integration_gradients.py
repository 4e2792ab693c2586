"""d(loss)/d(weight) through a whole block against central differences; loss curves against the plain model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import rusta_hecate
from rusta_hecate.errors import ConfigError
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.verification import baseline, curves, integration
from rusta_hecate.verification.differences import ATOL, RTOL, agreement, along, entries

torch.set_num_threads(1)

CASES = integration.cases()
LONG = [case for case in CASES if case.strategy == "scan"]
QUICK = [case for case in CASES if case not in LONG]


def text() -> bytes:
    return b"".join(p.read_bytes() for p in sorted(Path(rusta_hecate.__file__).parent.glob("layers/**/*.py")))


@pytest.mark.parametrize("case", QUICK, ids=lambda c: c.name)
def test_every_layer_and_rule(case: integration.Case) -> None:
    """The issue's test at its tolerances (rtol 1e-4, atol 1e-6), on a sample of W_K and on every other parameter."""
    keys, others = integration.check(case, sample=2)
    assert keys.close, keys
    assert others.close, others
    assert others.worst < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_layer_and_rule_in_single_precision(case: integration.Case) -> None:
    assert integration.single_precision(case).close


@pytest.mark.slow
@pytest.mark.parametrize("case", LONG, ids=lambda c: c.name)
def test_scans(case: integration.Case) -> None:
    keys, others = integration.check(case, sample=4)
    assert keys.close
    assert others.close


@pytest.mark.slow
@pytest.mark.parametrize("case", [CASES[0], integration.Case("delta", "chunkwise")], ids=lambda c: c.name)
def test_every_entry_of_w_k(case: integration.Case) -> None:
    keys, _ = integration.check(case, complete=True)
    assert keys.entries == 64 * 64
    assert keys.close


def test_a_wrong_gradient_is_found() -> None:
    """The check can fail: a gradient that is off by a thousandth is not close."""
    subject = integration.Subject(CASES[0])
    ours = subject.gradients()["keys"].reshape(-1)
    truth = entries(subject.loss, subject.keys, range(5))
    assert agreement(ours[:5], truth).close
    assert not agreement(ours[:5] * 1.001 + 1e-5, truth).close
    assert (RTOL, ATOL) == (1e-4, 1e-6)


def test_differences_leave_the_weight_as_it_was() -> None:
    x = torch.randn(3, 2, dtype=torch.float64)
    before = x.clone()
    found = entries(lambda: (x**3).sum(), x)
    torch.testing.assert_close(found, (3 * before**2).reshape(-1), rtol=1e-9, atol=1e-9)
    direction = torch.ones(1, 3, 2, dtype=torch.float64) / 6**0.5
    torch.testing.assert_close(along(lambda: (x**3).sum(), x, direction), ((3 * before**2) * direction).sum()[None])
    assert torch.equal(x, before)


ANCHORS = {
    "A": curves.track_zero_a(),
    "B": curves.track_zero_b(),
    "n-grams, SwiGLU, gated": ModelConfig(
        width=32, layers=2, heads=2, window=8, hidden=48, mlp="swiglu", ngrams=(2, 3), buckets=32, tied=True,
        memory="gated_delta", memory_layers=(1,), chunk=8,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANCHORS)
def test_the_plain_model_gives_the_same_logits(name: str) -> None:
    config = ANCHORS[name]
    model = ByteModel(config, seed=1)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.1 * torch.randn(p.shape, generator=torch.Generator().manual_seed(2)))
    ids = torch.randint(0, 257, (2, 20), generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        torch.testing.assert_close(
            model(ids), baseline.logits(config, dict(model.named_parameters()), ids), rtol=1e-4, atol=1e-4
        )


@pytest.mark.parametrize("name", ["A", "B"])
def test_loss_curves_agree(name: str) -> None:
    """A short run; the thousand steps are in the slow suite and in the benchmark."""
    result = curves.compare(ANCHORS[name], text(), steps=12, rows=2, length=24)
    assert result.difference < 1e-3
    assert result.ours[-1] < result.ours[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["A", "B"])
def test_loss_curves_agree_over_a_thousand_steps(name: str) -> None:
    result = curves.compare(ANCHORS[name], text(), steps=1000)
    assert result.difference < 0.01
    assert result.fell > 1.5


def test_the_plain_model_says_what_it_does_not_know() -> None:
    config = ModelConfig(width=16, layers=1, heads=1, hidden=16, memory="yaad", memory_layers=(0,))
    model = ByteModel(config)
    with pytest.raises(ConfigError, match="yaad"):
        baseline.logits(config, dict(model.named_parameters()), torch.zeros(1, 3, dtype=torch.long))
