"""The heads: every term is logged, reaches its weights, and can be learned."""

from __future__ import annotations

import pytest
import torch
from byte_worlds import SMALL

from rusta_datasets import Question, Triplet
from rusta_hecate import ConfigError
from rusta_hecate.errors import ShapeError
from rusta_hecate.heads import TERMS, Example, Heads, loss
from rusta_hecate.heads.labels import KINDS, kinds_of, of_question, of_triplet
from rusta_hecate.model.byte_model import ByteModel

CODE = b"fn main() { let x = 1; }"
TOOLS = ["docs_search", "cargo_check"]
TRIPLET = Triplet("lost_semicolon", "syntax", b"fn main() { let x = 1 }", 21, 21, b";")


def examples() -> list[Example]:
    page = b"Alpha beta\nfirst passage\nGamma\nsecond passage\n"
    question = Question("Alpha beta", (("p", 11, 25), ("p", 31, 46)), 0)
    return [*of_triplet(TRIPLET, TOOLS), of_question(question, page)]


def test_all_six_terms_are_there_and_sum_up() -> None:
    model, heads = ByteModel(SMALL, seed=1), Heads(SMALL.width, len(TOOLS), len(KINDS))
    seen: dict[str, float] = {}
    for example in examples():
        total, terms = loss(model, heads, example)
        assert total.item() == pytest.approx(sum(terms.values()), rel=1e-5)
        seen |= terms
    assert tuple(name for name in TERMS if name in seen) == TERMS


def test_every_head_gets_a_gradient() -> None:
    model, heads = ByteModel(SMALL, seed=1), Heads(SMALL.width, len(TOOLS), len(KINDS))
    sum((loss(model, heads, example)[0] for example in examples()), torch.zeros(())).backward()
    for name, parameter in heads.named_parameters():
        assert parameter.grad is not None, name
        assert float(parameter.grad.abs().sum()) > 0, name


def test_the_heads_can_learn_what_they_are_told() -> None:
    model, heads = ByteModel(SMALL, seed=1), Heads(SMALL.width, len(TOOLS), len(KINDS))
    optimiser = torch.optim.Adam([*model.parameters(), *heads.parameters()], lr=5e-3)
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for _ in range(25):
        optimiser.zero_grad()
        last = {}
        for example in examples():
            total, terms = loss(model, heads, example)
            total.backward()
            for name, value in terms.items():
                last[name] = last.get(name, 0.0) + value
        first = first or dict(last)
        optimiser.step()
    assert all(last[name] < 0.8 * first[name] for name in TERMS), (first, last)


def test_weights_leave_terms_out_of_the_sum_but_not_out_of_the_log() -> None:
    model, heads = ByteModel(SMALL, seed=1), Heads(SMALL.width, len(TOOLS), len(KINDS))
    total, terms = loss(model, heads, examples()[0], {name: 0.0 for name in TERMS if name != "conf"})
    assert total.item() == pytest.approx(terms["conf"])
    assert len(terms) == 5


def test_the_smallest_listed_node_names_each_byte() -> None:
    kinds = [KINDS[kind] if kind >= 0 else "" for kind in kinds_of(CODE)]
    assert kinds[CODE.index(b"main")] == "identifier"
    assert kinds[CODE.index(b"let")] == "let_declaration"
    assert kinds[CODE.index(b"1")] == "integer_literal"
    assert kinds_of(b"") == ()
    assert len(kinds_of(b"\xff\0{{{")) == 5


@pytest.mark.parametrize(
    "wrong",
    [Example(b"ab", kinds=(1,)), Example(b"a", passages=(b"x",), answer=1), Example(b"a", lines=-1)],
)
def test_labels_that_do_not_fit_are_refused(wrong: Example) -> None:
    with pytest.raises(ShapeError):
        loss(ByteModel(SMALL), Heads(SMALL.width, 2, 3), wrong)


def test_an_empty_text_has_no_language_term() -> None:
    total, terms = loss(ByteModel(SMALL), Heads(SMALL.width, 2, 3), Example(b"", right=True))
    assert set(terms) == {"conf"}
    assert torch.isfinite(total)


def test_heads_of_nothing_are_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1"):
        Heads(32, 0, 3)
