"""The heads: every term is logged, reaches its weights, and can be learned."""

from __future__ import annotations

import pytest
import torch
from byte_worlds import SMALL

from rusta_datasets import Question, Triplet
from rusta_hecate import ConfigError
from rusta_hecate.errors import ShapeError
from rusta_hecate.heads import TERMS, Example, Heads, loss
from rusta_hecate.heads.labels import KINDS, kinds_of, of_episode, of_question, of_triplet
from rusta_hecate.heads.measuring import shares
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
    total, terms = loss(model, heads, examples())
    assert tuple(terms) == TERMS
    assert total.item() == pytest.approx(sum(terms.values()), rel=1e-5)


def test_examples_together_have_the_mean_of_their_terms() -> None:
    """Padding and stacking change nothing: a batch says what each of its texts says alone."""
    model, heads = ByteModel(SMALL, seed=1), Heads(SMALL.width, len(TOOLS), len(KINDS))
    alone = [loss(model, heads, [example])[1] for example in examples()]
    _, together = loss(model, heads, examples())
    sizes = [len(example.text) for example in examples()]
    assert together["lm"] == pytest.approx(
        sum(n * terms["lm"] for n, terms in zip(sizes, alone, strict=True)) / sum(sizes), rel=1e-4
    )
    for name in ("anchor", "action", "conf", "min"):
        each = [terms[name] for terms in alone if name in terms]
        assert together[name] == pytest.approx(sum(each) / len(each), rel=1e-4)


def test_every_head_gets_a_gradient() -> None:
    model, heads = ByteModel(SMALL, seed=1), Heads(SMALL.width, len(TOOLS), len(KINDS))
    loss(model, heads, examples())[0].backward()
    for name, parameter in heads.named_parameters():
        assert parameter.grad is not None, name
        assert float(parameter.grad.abs().sum()) > 0, name


def test_the_heads_can_learn_what_they_are_told() -> None:
    model, heads = ByteModel(SMALL, seed=1), Heads(SMALL.width, len(TOOLS), len(KINDS))
    optimiser = torch.optim.Adam([*model.parameters(), *heads.parameters()], lr=5e-3)
    seen: list[dict[str, float]] = []
    for _ in range(40):
        optimiser.zero_grad()
        total, terms = loss(model, heads, examples())
        total.backward()
        seen.append(terms)
        optimiser.step()
    assert all(seen[-1][name] < 0.8 * seen[0][name] for name in TERMS), (seen[0], seen[-1])
    right = shares(model, heads, examples())
    assert set(right) == set(TERMS) - {"lm"}
    assert right["anchor"] == right["action"] == right["conf"] == right["min"] == 1.0


def test_weights_leave_terms_out_of_the_sum_but_not_out_of_the_log() -> None:
    model, heads = ByteModel(SMALL, seed=1), Heads(SMALL.width, len(TOOLS), len(KINDS))
    total, terms = loss(model, heads, examples(), {name: 0.0 for name in TERMS if name != "conf"})
    assert total.item() == pytest.approx(terms["conf"])
    assert len(terms) == 6


def test_an_episode_s_actions_are_labels_for_what_stood_before_them() -> None:
    def started(verb: str) -> dict[str, object]:
        return {"kind": "started", "data": {"action": {"verb": verb, "args": {"path": "a" * 300}}}}

    done = {"kind": "done", "data": {"output": {"status": "ok"}}}
    move = {"kind": "transition", "data": {"target": "plan"}}
    log = [{"kind": "opened", "data": {}}, started("cargo_check"), done, move, started("other"), started("docs_search")]
    first, second = of_episode(log, TOOLS)
    assert (first.action, second.action) == (TOOLS.index("cargo_check"), TOOLS.index("docs_search"))
    assert first.text == b"::to sense\n"
    lines = second.text.split(b"\n")
    assert lines[1].startswith(b'::act v=1 verb=cargo_check {"path":"aaa')
    assert lines[2:4] == [b"::obs cargo_check ok", b"::to plan"]
    assert lines[4].startswith(b"::act v=1 verb=other")
    assert max(map(len, lines)) <= 120


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
        loss(ByteModel(SMALL), Heads(SMALL.width, 2, 3), [wrong])


def test_an_empty_text_has_no_language_term() -> None:
    total, terms = loss(ByteModel(SMALL), Heads(SMALL.width, 2, 3), [Example(b"", right=True)])
    assert set(terms) == {"conf"}
    assert torch.isfinite(total)


def test_no_example_is_refused() -> None:
    with pytest.raises(ShapeError, match="at least one"):
        loss(ByteModel(SMALL), Heads(SMALL.width, 2, 3), [])


def test_heads_of_nothing_are_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1"):
        Heads(32, 0, 3)
