"""The search over patches, with a compiler made of arithmetic: a tree is a string of letters, errors are its `x`s."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_cargo.repair.hidden import Order, hidden
from rusta_cargo.repair.project import Project
from rusta_cargo.repair.proposer import STUB, Candidate, TestFailure
from rusta_cargo.repair.regression import TestOutcome
from rusta_cargo.repair.search import Node, Search, SearchLimits
from rusta_cargo.repair.tree import TreeState
from rusta_cargo.repair.verdict import Verdict
from rusta_schemas.base import JsonObject
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Replacement

PATH = "a.rs"


def error(phase: int, place: int) -> Diagnostic:
    return Diagnostic(level=Level.ERROR, category=Category.OTHER, phase=phase, message=f"fault at {place}")


@dataclass
class World:
    """`s` is a syntax error that hides everything else, `x` a type error, anything else is fine."""

    text: bytes
    limits: SearchLimits = field(default_factory=SearchLimits)
    forbidden: bytes = b"?"
    checked: list[bytes] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    candidates: dict[bytes, list[Candidate]] = field(default_factory=dict)

    def read(self, _path: str) -> bytes:
        return self.text

    def judge(self, text: bytes) -> Verdict:
        kind, phase = (b"s", 1) if b"s" in text else (b"x", 3)
        errors = tuple(error(phase, i) for i, byte in enumerate(text) if bytes([byte]) == kind)
        return Verdict(not errors, errors)

    def check(self, trees: Sequence[TreeState]) -> list[Verdict]:
        texts = [tree.source(PATH, self.read) for tree in trees]
        self.checked += texts
        return [self.judge(text) for text in texts]

    def propose(self, node: Node) -> list[Candidate]:
        self.asked.append(node.number)
        text = node.tree.source(PATH, self.read)
        if text in self.candidates:
            return self.candidates[text]
        found = [put(i, i + 1, "o", 0.5) for i, byte in enumerate(text) if byte in b"sx"]
        return found + [put(i, i + 1, "y", 0.3) for i, byte in enumerate(text) if byte in b"sx"]

    def refuse(self, tree: TreeState) -> str | None:
        return "forbidden" if self.forbidden in tree.source(PATH, self.read) else None

    def search(self) -> Search:
        return Search(
            self.judge(self.text),
            self.check,
            self.propose,
            self.refuse,
            self.read,
            limits=self.limits,
        )


def put(start: int, end: int, text: str, prior: float, *, stub: bool = False) -> Candidate:
    parts = (Replacement(path=PATH, start=start, end=end, text=text),)
    return Candidate(f"{start}:{text}", parts, prior, risk=(STUB,) if stub else ())


def run(search: Search, rounds: int = 50) -> list[JsonObject]:
    """Rounds until something compiles or nothing is left."""
    reports = []
    while search.green() is None and not search.exhausted and len(reports) < rounds:
        reports.append(search.round())
    return reports


def text_of(world: World, node: Node | None) -> bytes:
    assert node is not None
    return node.tree.source(PATH, world.read)


def test_the_best_candidate_is_tried_first() -> None:
    world = World(b"ax", SearchLimits(batch=1))
    search = world.search()
    run(search)
    assert world.checked == [b"ao"]
    assert text_of(world, search.green()) == b"ao"


def test_errors_that_a_broken_library_hides_still_count() -> None:
    """`l` is an error of the library; the errors `x` of the program are not told of then."""

    class Library(World):
        def judge(self, text: bytes) -> Verdict:
            unit, kind = ("demo demo", b"l") if b"l" in text else ("demo bin:demo", b"x")
            errors = [error(3, i).model_copy(update={"unit": unit}) for i, c in enumerate(text) if bytes([c]) == kind]
            return Verdict(not errors, tuple(errors))

    world = Library(b"axbx", SearchLimits(batch=1))
    world.candidates = {
        b"axbx": [put(0, 1, "l", 0.9), put(1, 2, "o", 0.4)],
        b"aobx": [put(3, 4, "o", 0.4)],
        b"lxbx": [put(2, 3, "m", 0.9)],
    }
    search = world.search()
    search.hidden = lambda known, told: hidden(known, told, Order(Project(())))
    run(search)
    assert text_of(world, search.green()) == b"aobo"
    assert world.checked == [b"lxbx", b"aobx", b"aobo"]
    assert search.nodes[1].verdict.distance.errors == 3
    assert not search.partial(4) or search.nodes[1] not in search.partial(4)


def test_what_can_wait_is_asked_when_nothing_likelier_is_left() -> None:
    asked: list[int] = []

    def late(node: Node) -> list[Candidate]:
        asked.append(node.number)
        return [put(1, 2, "z", 0.2)]

    world = World(b"ax", SearchLimits(batch=1))
    run(replace(world.search(), propose_late=late, most_late=0.25))
    assert (world.checked, asked) == ([b"ao"], [])
    candidates = {b"ax": [put(1, 2, "x!", 0.5), put(1, 2, "xx", 0.1)], b"ax!": []}
    world = World(b"ax", SearchLimits(batch=1), candidates=candidates)
    search = replace(world.search(), propose_late=late, most_late=0.25)
    run(search)
    assert (world.checked, asked[0]) == ([b"ax!", b"az"], 0)
    assert text_of(world, search.green()) == b"az"


@given(
    prompt=st.lists(st.floats(0.01, 1), max_size=5),
    late=st.lists(st.floats(0.01, 0.35), max_size=3),
    batch=st.integers(1, 3),
)
def test_waiting_changes_no_order(prompt: list[float], late: list[float], batch: int) -> None:
    """Nothing here compiles, so that everything is tried."""
    priors = [*prompt, *late]
    made = [put(1, 2, f"x{chr(ord('A') + i)}", prior) for i, prior in enumerate(priors)]
    first, rest = made[: len(prompt)], made[len(prompt) :]
    orders = []
    for waiting in (False, True):
        candidates = {b"ax": first if waiting else made} | {b"a" + c.replacements[0].text.encode(): [] for c in made}
        world = World(b"ax", SearchLimits(batch=batch), candidates=candidates)
        search = world.search()
        if waiting:
            search = replace(search, propose_late=lambda node: [] if node.number else rest, most_late=0.35)
        run(search)
        orders.append(world.checked)
    by_prior = {text: priors[i] for i, text in enumerate(b"ax" + bytes([ord("A") + i]) for i in range(len(priors)))}
    eager, waited = ([by_prior[text] for text in order] for order in orders)
    assert eager == waited


def test_several_errors_are_mended_step_by_step() -> None:
    world = World(b"xaxbx", SearchLimits(batch=1))
    search = world.search()
    run(search)
    green = search.green()
    assert text_of(world, green) == b"oaobo"
    assert green is not None
    assert len(search.path(green)) == 3
    assert len(world.checked) == 3


def test_a_later_phase_is_progress_even_with_more_errors() -> None:
    world = World(b"sxxx", SearchLimits(batch=1))
    search = world.search()
    run(search)
    assert world.checked[0] == b"oxxx"
    assert search.nodes[1].verdict.distance < search.root.distance
    assert len(search.nodes[1].verdict.errors) > len(search.root.errors)
    assert text_of(world, search.green()) == b"oooo"


def test_a_dead_end_is_left() -> None:
    world = World(b"xx", SearchLimits(batch=1))
    world.candidates = {b"xx": [put(0, 2, "dx", 0.9), put(0, 1, "o", 0.4)], b"dx": []}
    search = world.search()
    run(search)
    assert world.checked[:2] == [b"dx", b"ox"]
    assert text_of(world, search.green()) == b"oo"


def test_stubs_wait_until_nothing_else_is_left() -> None:
    world = World(b"xx", SearchLimits(batch=1))
    world.candidates = {
        b"xx": [put(0, 2, "tt", 0.9, stub=True), put(0, 1, "o", 0.1)],
        b"ox": [put(1, 2, "x", 0.1), put(0, 2, "zx", 0.1)],
        b"zx": [],
    }
    search = world.search()
    run(search)
    assert world.checked == [b"ox", b"zx", b"tt"]
    assert text_of(world, search.green()) == b"tt"


def test_a_refused_tree_is_never_checked() -> None:
    world = World(b"x", SearchLimits(batch=1), forbidden=b"o")
    search = world.search()
    run(search)
    assert world.checked == [b"y"]
    assert list(search.refused) == ["forbidden"]


def test_the_search_goes_on_after_a_refutation() -> None:
    world = World(b"x", SearchLimits(batch=1))
    search = world.search()
    run(search)
    first = search.green()
    assert first is not None
    search.refute(first)
    run(search)
    second = search.green()
    assert [text_of(world, first), text_of(world, second)] == [b"o", b"y"]
    assert second is not None
    search.refute(second)
    assert search.green() is None
    run(search)
    assert search.exhausted


def test_of_two_that_compile_the_one_with_fewer_lines_is_proposed() -> None:
    world = World(b"x\nb\nc\n", SearchLimits(batch=1))
    world.candidates = {b"x\nb\nc\n": [put(0, 6, "o\nB\nC\n", 0.6), put(0, 1, "y", 0.5)]}
    search = world.search()
    run(search)
    assert len(world.checked) == 2
    assert text_of(world, search.green()) == b"y\nb\nc\n"


def test_an_unlikely_sibling_is_not_tried_for_fewer_lines() -> None:
    world = World(b"x\nb\nc\n", SearchLimits(batch=1))
    world.candidates = {b"x\nb\nc\n": [put(0, 6, "o\nB\nC\n", 0.6), put(0, 1, "y", 0.1)]}
    search = world.search()
    run(search)
    assert len(world.checked) == 1


def test_a_candidate_that_does_not_fit_is_dropped_with_a_note() -> None:
    world = World(b"x")
    world.candidates = {b"x": [put(5, 6, "o", 0.9), put(0, 0, "", 0.9), put(0, 1, "o", 0.2)]}
    notes: list[str] = []
    search = world.search()
    search.note = notes.append
    run(search)
    assert text_of(world, search.green()) == b"o"
    assert len(notes) == 1
    assert "outside" in notes[0]


def test_a_check_that_cannot_be_made_is_not_followed() -> None:
    world = World(b"xx", SearchLimits(batch=1))
    search = world.search()
    search.check = lambda trees: [Verdict(False, failure="no compiler") for _ in trees]
    run(search)
    assert search.green() is None
    assert world.asked == [0]
    assert search.best().number == 0


def test_patience_ends_a_search_that_gets_nowhere() -> None:
    world = World(b"x" * 40, SearchLimits(patience=6))
    world.candidates = {
        world.text: [put(i, i + 1, "X", 0.5) for i in range(40)],
    }
    search = world.search()
    search.check = lambda trees: [world.judge(world.text) for _ in trees]
    run(search)
    assert search.checks in (6, 7)  # a batch is not cut
    assert search.exhausted


def test_the_report_tells_the_whole_patch_tree() -> None:
    world = World(b"xax", SearchLimits(batch=2))
    search = world.search()
    reports = run(search)
    told = [node for report in reports for node in report["checked"]]  # type: ignore[union-attr]
    assert [node["node"] for node in told] == [node.number for node in search.nodes[1:]]  # type: ignore[index,call-overload]
    assert all(node["parent"] < node["node"] for node in told)  # type: ignore[index,call-overload]
    assert reports[-1]["best"] == search.best().number
    json.dumps(reports, allow_nan=False)


texts = st.text("sxab\n", min_size=1, max_size=8).map(str.encode)


@settings(deadline=None, max_examples=60)
@given(texts, st.integers(1, 3))
def test_no_tree_is_checked_twice_and_none_is_the_base(text: bytes, batch: int) -> None:
    world = World(text, SearchLimits(batch=batch, patience=30))
    search = world.search()
    for _ in range(6):
        search.round()
        green = search.green()
        if green is not None:
            search.refute(green)
    assert len(world.checked) == len(set(world.checked))
    assert text not in world.checked
    assert len(world.asked) == len(set(world.asked))


@settings(deadline=None, max_examples=40)
@given(texts, st.integers(1, 3))
def test_the_same_search_makes_the_same_steps(text: bytes, batch: int) -> None:
    first, second = World(text, SearchLimits(batch=batch)), World(text, SearchLimits(batch=batch))
    assert run(first.search(), 5) == run(second.search(), 5)
    assert first.checked == second.checked


@settings(deadline=None, max_examples=40)
@given(texts)
def test_every_path_leads_from_the_base_to_its_tree(text: bytes) -> None:
    world = World(text)
    search = world.search()
    run(search, 4)
    for node in search.nodes[1:]:
        tree = TreeState({})
        for step in search.path(node):
            tree = tree.replace(step.replacements, world.read)
        assert tree.identity == node.tree.identity
        assert node.lines == tree.lines(world.read)


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_everything_that_can_be_mended_is(batch: int) -> None:
    world = World(b"sxsxs", SearchLimits(batch=batch))
    search = world.search()
    run(search)
    assert search.green() is not None


# Where the tests judge: every `f` of a tree that compiles is a failing test, every `b` one that was broken.


@dataclass
class Judged(World):
    """As :class:`World`; what the tests say can be put off."""

    asked_together: list[int] = field(default_factory=list)
    put_off: int = 0

    def told(self, text: bytes) -> Verdict:
        failing = tuple(f"t{i}" for i, byte in enumerate(text) if byte in b"f")
        return replace(self.judge(text), failing=failing, broken=tuple("p" * text.count(b"b")))

    def test(self, _parent: Node, trees: Sequence[TreeState]) -> list[Verdict | None]:
        texts = [tree.source(PATH, self.read) for tree in trees]
        self.asked_together.append(len(texts))
        judged = texts[: len(texts) - self.put_off] or texts[:1]
        self.checked += judged
        return [self.told(text) if text in judged else None for text in texts]

    def outcome(self, text: bytes) -> TestOutcome:
        failing = self.told(text).failing or ()
        return TestOutcome(False, True, ("other",), tuple(map(TestFailure, failing)))

    def propose(self, node: Node) -> list[Candidate]:
        self.asked.append(node.number)
        text = node.tree.source(PATH, self.read)
        return self.candidates.get(text, [put(i, i + 1, "o", 0.5) for i, byte in enumerate(text) if byte in b"fsx"])

    def search(self) -> Search:
        root = self.judge(self.text)
        return Search(
            self.told(self.text) if root.ok else root,
            self.check,
            self.propose,
            self.refuse,
            self.read,
            limits=self.limits,
            test=self.test,
            tests=self.outcome(self.text) if root.ok else None,
        )


def test_the_tests_judge_many_trees_together() -> None:
    world = Judged(b"f" + b"a" * 270)
    world.candidates = {world.text: [put(i, i + 1, "c", 0.5) for i in range(1, 270)] + [put(0, 1, "o", 0.1)]}
    search = world.search()
    run(search)
    assert world.asked_together == [256, 14]
    assert text_of(world, search.green()).startswith(b"oa")


def test_a_tree_that_breaks_another_test_is_none() -> None:
    world = Judged(b"fa")
    world.candidates = {b"fa": [put(0, 2, "ob", 0.9), put(0, 1, "o", 0.1)], b"ob": [put(1, 2, "c", 0.9)]}
    search = world.search()
    run(search)
    assert text_of(world, search.green()) == b"oa"
    assert world.asked == [0]


def test_two_failing_tests_are_mended_in_two_steps() -> None:
    world = Judged(b"faf")
    search = world.search()
    run(search)
    green = search.green()
    assert green is not None
    assert text_of(world, green) == b"oao"
    assert len(search.path(green)) == 2
    assert green.tests is not None
    assert not green.tests.failed
    assert set(green.tests.passed) == {"other", "t0", "t2"}


def test_what_was_put_off_is_judged_later() -> None:
    world = Judged(b"facd", put_off=2)
    world.candidates = {b"facd": [put(i, i + 1, "z", 0.9) for i in (1, 2, 3)] + [put(0, 1, "o", 0.1)]}
    search = world.search()
    run(search)
    assert text_of(world, search.green()) == b"oacd"
    assert len(world.checked) == len(set(world.checked)) == 4


def test_the_share_of_belief_is_among_all_that_pass() -> None:
    world = Judged(b"f")
    world.candidates = {b"f": [put(0, 1, "o", 0.6), put(0, 1, "q", 0.2), put(0, 1, "f ", 0.9)]}
    search = world.search()
    run(search)
    green = search.green()
    assert green is not None
    assert text_of(world, green) == b"o"
    assert search.share(green) == pytest.approx(0.75)


def test_the_same_change_at_another_place_is_no_other() -> None:
    world = Judged(b"fa")
    world.candidates = {b"fa": [put(0, 1, "o", 0.6), replace(put(0, 2, "o", 0.3), title="0:o"), put(0, 1, "q", 0.1)]}
    search = world.search()
    run(search)
    green = search.green()
    assert green is not None
    assert search.share(green) == pytest.approx(0.9)
    assert [text_of(world, rival) for rival in search.rivals(green)] == [b"qa", b"o"]


def test_a_repair_of_errors_whose_tests_fail_is_searched_on_last() -> None:
    world = Judged(b"x", SearchLimits(batch=1))
    world.candidates = {b"x": [put(0, 1, "f", 0.9), put(0, 1, "g", 0.2)], b"f": [put(0, 1, "o", 0.9)]}
    search = world.search()
    run(search)
    first = search.green()
    assert text_of(world, first) == b"f"
    assert first is not None
    search.refute(first, world.outcome(b"f"))
    run(search)
    second = search.green()
    assert text_of(world, second) == b"g", "the other repair of the error comes first"
    assert second is not None
    search.refute(second)
    run(search)
    assert text_of(world, search.green()) == b"o"


@settings(deadline=None, max_examples=40)
@given(st.text("fsxab", min_size=1, max_size=7).map(str.encode), st.integers(0, 3))
def test_no_tree_is_tested_twice(text: bytes, put_off: int) -> None:
    world = Judged(text, SearchLimits(patience=30, tested_patience=30), put_off=put_off)
    search = world.search()
    for _ in range(8):
        search.round()
        green = search.green()
        if green is not None:
            search.refute(green, world.outcome(text_of(world, green)))
    assert len(world.checked) == len(set(world.checked))
    assert text not in world.checked


def test_errors_in_crates_that_were_not_reached_before_are_no_step_back() -> None:
    class Crates(World):
        """The `x` of the library, left of the bar, hide those of the programs."""

        def judge(self, text: bytes) -> Verdict:
            library, _, programs = text.partition(b"|")
            shown, unit = (library, "a a") if b"x" in library else (programs, "a bin:b")
            places = [i for i, byte in enumerate(shown) if byte == ord("x")]
            return Verdict(not places, tuple(error(3, i).model_copy(update={"unit": unit}) for i in places))

        def propose(self, node: Node) -> list[Candidate]:
            text = node.tree.source(PATH, self.read)
            hidden = len(text) if b"x" in text.partition(b"|")[0] else 0
            good = [
                put(i, i + 1, "o", 0.8) for i, byte in enumerate(text) if byte == ord("x") and i < ((hidden and 1) or 9)
            ]
            return good + [put(0, 1, letter, 0.2) for letter in "abcdefghij" if hidden]

    world = Crates(b"x|xxx", SearchLimits(batch=1))
    search = world.search()
    run(search)
    assert search.green() is not None
    first = search.nodes[1]
    assert first.distance == search.nodes[0].distance < first.verdict.distance
    assert world.checked == [b"o|xxx", b"o|oxx", b"o|oox", b"o|ooo"]


def test_other_answers_to_an_error_do_not_wait_for_all_that_follows_the_first() -> None:
    """The first answer brings the program to a later phase, where there is always something else to try, none as likely."""

    class Lure(World):
        def propose(self, node: Node) -> list[Candidate]:
            text = node.tree.source(PATH, self.read)
            if text == b"s":
                return [replace(put(0, 1, letter, prior), diagnostic=0) for letter, prior in (("x", 0.6), ("o", 0.5))]
            return [put(len(text), len(text), letter, 0.7) for letter in "abcdefgh"]

    world = Lure(b"s", SearchLimits(batch=1, patience=1000))
    search = world.search()
    run(search)
    assert text_of(world, search.green()) == b"o"
    assert len(world.checked) <= 4
