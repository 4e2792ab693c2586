"""Candidates from the compiler's suggestions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from rusta_cargo.repair.project import Package, Project
from rusta_cargo.repair.proposer import STUB, Candidate, Situation
from rusta_cargo.repair.proposers.suggestions import PRIORS, suggestions
from rusta_schemas.diagnostic import (
    Applicability,
    Category,
    Diagnostic,
    Level,
    Replacement,
    Span,
    Suggestion,
)
from rusta_schemas.observation import Observation

SOURCE = b"0123456789" * 3


def part(start: int, text: str, end: int | None = None) -> Replacement:
    return Replacement(path="a.rs", start=start, end=start if end is None else end, text=text)


def offer(*parts: Replacement, say: str = "do it", how: str = "MachineApplicable") -> Suggestion:
    return Suggestion(message=say, applicability=Applicability(how), replacements=parts)


def error(*offers: Suggestion, code: str | None = "E0001", level: Level = Level.ERROR) -> Diagnostic:
    place = Span(path="a.rs", start=0, end=1, line=1, column=1, end_line=1, end_column=2, primary=True)
    return Diagnostic(
        level=level, code=code, category=Category.TYPE, phase=3, message="no", spans=(place,), suggestions=offers
    )  # fmt: skip


def situation(*diagnostics: Diagnostic) -> Situation:
    def probe(verb: str, args: object) -> Observation:
        raise AssertionError(f"{verb} was asked with {args}; suggestions need no probe")

    return Situation(diagnostics, lambda path: SOURCE, probe, Project((Package("a", "", "2021"),)))


def ask(*diagnostics: Diagnostic) -> list[Candidate]:
    return list(suggestions(situation(*diagnostics)))


def texts(candidates: Iterable[Candidate]) -> list[tuple[str, ...]]:
    return [tuple(item.text for item in candidate.replacements) for candidate in candidates]


def test_every_alternative_is_a_candidate_of_its_own() -> None:
    found = ask(error(offer(part(1, "a")), offer(part(1, "b"), how="MaybeIncorrect")))
    assert texts(found) == [("a",), ("b",)]
    assert [candidate.diagnostic for candidate in found] == [0, 0]
    assert found[0].cites == ("E0001",)


@pytest.mark.parametrize("how", list(Applicability))
def test_the_prior_says_how_sure_the_compiler_is(how: Applicability) -> None:
    (found,) = ask(error(offer(part(1, "&"), how=how.value)))
    assert found.prior == PRIORS[how]


def test_the_parts_of_one_change_stay_together() -> None:
    (found,) = ask(error(offer(part(1, "Some("), part(4, ")"))))
    assert [item.text for item in found.replacements] == ["Some(", ")"]


def test_sure_suggestions_are_made_at_once_first_of_all() -> None:
    first, *_ = ask(error(offer(part(1, "a"))), error(offer(part(9, "b")), code="E0002"))
    assert [item.text for item in first.replacements] == ["a", "b"]
    assert first.diagnostic is None
    assert first.cites == ("E0001", "E0002")


def test_of_overlapping_ones_only_the_first_goes_in() -> None:
    found = ask(
        error(offer(part(1, "a", 5))),
        error(offer(part(3, "b", 8))),
        error(offer(part(9, "c")), code="E0002"),
    )
    assert [item.text for item in found[0].replacements] == ["a", "c"]
    assert ("b",) in texts(found)


def test_one_alternative_of_each_error_goes_in() -> None:
    found = ask(error(offer(part(1, "a")), offer(part(2, "b"))), error(offer(part(9, "c"))))
    assert [item.text for item in found[0].replacements] == ["a", "c"]


def test_equal_wordings_are_made_everywhere() -> None:
    unsure = {"how": "MaybeIncorrect"}
    found = ask(
        error(offer(part(1, "mut "), say="make `a` mutable", **unsure)),
        error(offer(part(9, "mut "), say="make `b` mutable", **unsure)),
        error(offer(part(15, "!"), say="negate", **unsure), code="E0002"),
    )
    assert texts(found) == [("mut ", "mut "), ("mut ",), ("mut ",), ("!",)]
    assert found[0].title.startswith("everywhere")
    assert found[0].prior > found[1].prior


def test_a_suggestion_that_several_errors_make_is_one_candidate_and_surer() -> None:
    same = offer(part(1, "mut "), how="MaybeIncorrect")
    (found,) = ask(error(same), error(same), error(same))
    assert found.diagnostic is None
    assert found.prior > PRIORS[Applicability.MAYBE]


@pytest.mark.parametrize("text", ["foo(/* i32 */)", ", /* value */", "x: ...", "???"])
def test_holes_cannot_compile_and_are_left_out(text: str) -> None:
    assert ask(error(offer(part(1, text), how="HasPlaceholders"))) == []


def test_an_ellipsis_in_sure_text_is_no_hole() -> None:
    assert len(ask(error(offer(part(1, '"..."'))))) == 1


@pytest.mark.parametrize("text", ["fn f() { todo!() }", "_ => todo!(),", "unimplemented!()"])
def test_stubs_say_what_they_are(text: str) -> None:
    (found,) = ask(error(offer(part(1, text), how="HasPlaceholders")))
    assert found.stub
    assert STUB in found.risk
    assert found.prior < 0.05


def test_warnings_are_left_alone() -> None:
    assert ask(error(offer(part(1, "_")), level=Level.WARNING)) == []
    assert ask(error()) == []


def test_the_title_tells_the_text_when_the_wording_does_not() -> None:
    (found,) = ask(error(offer(part(1, ".clone()"), say="consider cloning")))
    assert found.title == "consider cloning: `.clone()`"
    (found,) = ask(error(offer(part(1, "mut"), say="write `mut` here")))
    assert found.title == "write `mut` here"


def test_taking_away_is_told_from_putting_in() -> None:
    (found,) = ask(error(offer(part(1, "", 4))))
    assert found.deletes
    (found,) = ask(error(offer(part(1, "x", 4))))
    assert not found.deletes


def test_a_reason_that_nobody_gave_is_left_out() -> None:
    found = ask(error(offer(part(3, '.expect("REASON")'), how="HasPlaceholders")))
    assert texts(found) == [(".unwrap()",)]


def test_no_operand_is_wrapped_as_a_failure() -> None:
    compared = b"fn f() { a == b; }"
    wrap = offer(part(14, "Err("), part(15, ")"), how="MaybeIncorrect")
    place = situation(error(wrap, offer(part(14, "Ok("), part(15, ")"), how="MaybeIncorrect")))
    found = suggestions(replace(place, read=lambda path: compared))
    assert texts(found) == [("Ok(", ")")]
