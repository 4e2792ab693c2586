"""Proposers of strangers: whatever they do hurts nobody but themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from rusta_cargo.repair import Candidate, Project, Situation, SourceUnavailable
from rusta_cargo.repair.learnt import Priors
from rusta_cargo.repair.proposing import MOST_CANDIDATES, Proposers
from rusta_conductor.errors import BudgetExhausted, Cancelled
from rusta_conductor.journal import EndOfRecord
from rusta_conductor.specs import ProposerSpec
from rusta_conductor.testing import reference
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Replacement
from rusta_schemas.observation import Observation, Status

GOOD = Candidate("good", (Replacement(path="a.rs", start=0, end=0, text="x"),), 0.5)
FAULT = Diagnostic(level=Level.ERROR, category=Category.NAME, phase=2, message="no")


def situation(
    probe: Callable[[str, JsonObject], Observation] | None = None,
) -> Situation:
    def read(path: str) -> bytes:
        if path != "a.rs":
            raise SourceUnavailable(path)
        return b"fn a() {}"

    def refuse(verb: str, args: JsonObject) -> Observation:
        return Observation(verb=verb, status=Status.ERROR, summary="no tool here")

    return Situation((FAULT,), read, probe or refuse, Project(()))


def ask(
    *functions: Callable[[Situation], object], view: Situation | None = None
) -> tuple[list[Candidate], list[str], Proposers]:
    notes: list[str] = []
    specs = [
        ProposerSpec(f"p{number}", "repair", "test", reference(function)) for number, function in enumerate(functions)
    ]
    proposers = Proposers(specs, notes.append)
    return proposers.ask(view or situation()), notes, proposers


def good(_: Situation) -> list[Candidate]:
    return [GOOD]


def test_candidates_carry_the_name_of_their_proposer() -> None:
    found, notes, _ = ask(good, good)
    assert [candidate.proposer for candidate in found] == ["p0", "p1"]
    assert notes == []


def of_two(view: Situation) -> list[Candidate]:
    return [replace(GOOD, diagnostic=0), replace(GOOD, title="other", diagnostic=None)]


def test_one_that_can_wait_is_asked_for_itself_and_held_to_its_word() -> None:
    specs = [
        ProposerSpec("prompt", "repair", "test", reference(good)),
        ProposerSpec("slow", "repair", "test", reference(good), most=0.25),
    ]
    proposers = Proposers(specs, lambda _note: None)
    assert proposers.most_late == 0.25
    found = {late: proposers.ask(situation(), late=late) for late in (None, False, True)}
    names = {late: [(candidate.proposer, candidate.prior) for candidate in some] for late, some in found.items()}
    assert names == {None: [("prompt", 0.5), ("slow", 0.25)], False: [("prompt", 0.5)], True: [("slow", 0.25)]}
    assert Proposers(specs[:1], lambda _note: None).most_late == 0


def test_experience_of_single_errors_says_nothing_of_what_several_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seldom = Priors(1.0, {("p0", "name", ""): (0, 9)})
    monkeypatch.setattr("rusta_cargo.repair.proposing.learnt", lambda: seldom)
    found, _, _ = ask(of_two, view=replace(situation(), diagnostics=(FAULT, FAULT)))
    assert [candidate.prior for candidate in found] == [pytest.approx(0.25), 0.5]
    alone, _, _ = ask(of_two)
    assert [candidate.prior for candidate in alone] == [pytest.approx(0.25)] * 2


def raising(_: Situation) -> list[Candidate]:
    raise KeyError("surprise")


def raising_late(_: Situation) -> Iterator[Candidate]:
    yield GOOD
    raise RuntimeError("later")


def asking_for_a_file(view: Situation) -> list[Candidate]:
    view.source("missing.rs")
    return []


def not_iterable(_: Situation) -> int:
    return 7


@pytest.mark.parametrize("bad", [raising, raising_late, asking_for_a_file, not_iterable])
def test_one_that_raises_is_named_and_not_asked_again(bad: Callable[[Situation], object]) -> None:
    found, notes, proposers = ask(bad, good)
    assert [candidate.proposer for candidate in found] == ["p1"]
    assert len(notes) == 1
    assert "p0" in notes[0]
    assert proposers.names == ("p1",)
    assert [candidate.proposer for candidate in proposers.ask(situation())] == ["p1"]
    assert len(notes) == 1


@pytest.mark.parametrize(
    "signal",
    [BudgetExhausted("probes", 1, 2), Cancelled("stop"), EndOfRecord()],
)
def test_what_ends_the_episode_is_not_the_proposer_s_fault(signal: Exception) -> None:
    def probe(verb: str, args: JsonObject) -> Observation:
        raise signal

    def probing(view: Situation) -> list[Candidate]:
        view.ask(Action(verb="type_of"))
        return []

    with pytest.raises(type(signal)):
        ask(probing, view=situation(probe))


def bad_candidates(_: Situation) -> list[object]:
    part = GOOD.replacements
    return [
        "not a candidate",
        Candidate("nothing", (), 0.5),
        Candidate("listed", list(part), 0.5),  # type: ignore[arg-type]
        Candidate("tuples", (("a.rs", 0, 0, "x"),), 0.5),  # type: ignore[arg-type]
        Candidate("zero", part, 0.0),
        Candidate("above", part, 1.5),
        Candidate("nan", part, math.nan),
        Candidate("text", part, "likely"),  # type: ignore[arg-type]
        Candidate("elsewhere", part, 0.5, diagnostic=3),
        GOOD,
    ]


def test_bad_candidates_are_dropped_one_by_one() -> None:
    found, notes, proposers = ask(bad_candidates)
    assert [candidate.title for candidate in found] == ["good"]
    assert len(notes) == 9
    assert proposers.names == ("p0",)


def endless(_: Situation) -> Iterator[Candidate]:
    while True:
        yield GOOD


def test_a_flood_is_cut() -> None:
    found, notes, _ = ask(endless)
    assert len(found) == MOST_CANDIDATES
    assert len(notes) == 1


def test_one_that_takes_long_is_noted_and_keeps_its_candidates() -> None:
    times = iter([0.0, 1.0, 1.0, 64.0])
    notes: list[str] = []
    specs = [ProposerSpec(name, "repair", "test", reference(good)) for name in ("quick", "slow")]
    found = Proposers(specs, notes.append, lambda: next(times)).ask(situation())
    assert [candidate.proposer for candidate in found] == ["quick", "slow"]
    assert notes == ["proposer 'slow' took 63.0 s (errors: 1)"]


def test_one_that_cannot_be_imported_is_left_out() -> None:
    notes: list[str] = []
    proposers = Proposers([ProposerSpec("gone", "repair", "test", "no.such.module:thing")], notes.append)
    assert proposers.ask(situation()) == []
    assert "gone" in notes[0]


def test_a_situation_gives_text_and_syntax() -> None:
    view = situation()
    assert view.text("a.rs", 3, 4) == "a"
    assert view.syntax("a.rs").root_node.children[0].type == "function_item"
    assert view.ask(Action(verb="type_of")).status is Status.ERROR


def test_what_the_parser_says_comes_first() -> None:
    early, late = FAULT.model_copy(update={"phase": 1}), FAULT.model_copy(update={"phase": 3})
    view = replace(situation(), diagnostics=(early, late))

    def both(_: Situation) -> list[Candidate]:
        return [
            replace(GOOD, diagnostic=1, prior=0.9),
            replace(GOOD, diagnostic=0, prior=0.4),
            replace(GOOD, prior=0.9),
        ]

    found, _, _ = ask(both, view=view)
    assert max(found, key=lambda candidate: candidate.prior).diagnostic == 0
    found, _, _ = ask(both, view=replace(view, diagnostics=(late, late)))
    assert max(found, key=lambda candidate: candidate.prior).diagnostic == 1
