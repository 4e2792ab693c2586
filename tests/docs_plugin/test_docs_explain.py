"""Explanations: golden files for diagnostics of eight classes, and what holds for every explanation.

Golden files are made anew with ``RUSTA_UPDATE_GOLDEN=1``; identities of anchors are left out of them.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.toolchain import find_toolchain
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext
from rusta_docs import Candidate, Library, Passage, as_text, explain, keys_for
from rusta_docs.explaining.frames import frames_of
from rusta_docs.tools.arguments import ExplainArgs, ExplainReport, KeysArgs, PassageArgs, SearchArgs
from rusta_docs.tools.reading import docs_anchor, docs_explain, docs_passage, docs_search
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Note, Span

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.json"))
RELEASE = "1.95.0"


def load(case: str) -> Diagnostic:
    return Diagnostic.model_validate_json((GOLDEN / f"{case}.json").read_text("utf-8"))


def reader(case: str) -> Callable[[str], bytes | None]:
    return lambda path: (GOLDEN / f"{case}.rs").read_bytes() if path == "main.rs" else None


def test_there_are_eight_classes() -> None:
    assert len({load(case).category for case in CASES}) == 8


@pytest.mark.parametrize("case", CASES)
def test_golden(case: str, whole: Library) -> None:
    if whole.shelf.release != RELEASE:
        pytest.skip(f"the golden files quote the documentation of {RELEASE}")
    (explanation,) = explain([load(case)], reader(case), whole)
    text = re.sub(r"\[[0-9a-f]{12}\]", "[anchor]", as_text(explanation))
    place = GOLDEN / f"{case}.txt"
    if os.environ.get("RUSTA_UPDATE_GOLDEN"):
        place.write_text(text, "utf-8")
    assert text == place.read_text("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_quotations_are_verbatim_and_their_anchors_resolve(case: str, whole: Library) -> None:
    (explanation,) = explain([load(case)], reader(case), whole)
    assert len(explanation.anchors) >= 1
    assert whole.shelf.docs is not None
    for quotation in explanation.quotations:
        assert quotation.anchor.holds((whole.shelf.docs / quotation.anchor.path).read_bytes())
        cited = next(p for key in keys_for([load(case)]) if (p := whole.lookup(key)) and p.anchor == quotation.anchor)
        assert quotation.text in cited.text
        assert len(quotation.text) > 20
    assert explanation.frames
    assert explanation.frames[0].marks[0].line >= 1


class Nothing:
    def lookup(self, key: str) -> Passage | None:
        return None


def span(start: int, end: int, line: int, column: int, width: int, **more: object) -> Span:
    place = {
        "path": "a.rs",
        "start": start,
        "end": end,
        "line": line,
        "end_line": line,
        "column": column,
    }
    return Span.model_validate({**place, "end_column": column + width, **more})


def test_without_documentation_the_source_is_cited() -> None:
    data = "fn größe() {\n    x;\n}\n".encode()
    fault = Diagnostic(
        level=Level.ERROR,
        category=Category.NAME,
        phase=2,
        message="what?",
        spans=(span(20, 21, 2, 5, 1, primary=True),),
    )
    (told,) = explain([fault], {"a.rs": data}.get, Nothing(), package="demo")
    assert told.quotations[0].role == "source"
    assert told.quotations[0].text.strip() == "x;"
    assert told.anchors[0].origin == "source demo"
    assert told.anchors[0].holds(data)
    (bare,) = explain([fault], lambda path: None, Nothing())
    assert bare.quotations[0].role == "message"
    assert bare.frames == ()


def test_notes_with_places_join_the_frames_but_never_lead() -> None:
    fault = Diagnostic(
        level=Level.ERROR, code="E0061", category=Category.TYPE, phase=3, message="wrong count",
        spans=(span(12, 13, 2, 1, 1, primary=True, label="here"),),
        notes=(Note(level=Level.NOTE, message="defined here", spans=(span(0, 4, 1, 1, 4, primary=True),)),
               Note(level=Level.NOTE, message="more words")),
    )  # fmt: skip
    (told,) = explain([fault], {"a.rs": b"fn f() {}\n\nf\n"}.get, Nothing())
    assert [(mark.line, mark.primary) for mark in told.frames[0].marks] == [(1, False), (2, True)]
    assert told.collision == "At line 1: defined here. Against that, at line 2: here."
    assert told.notes == ("more words",)


@given(
    st.binary(max_size=60),
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 30), st.integers(0, 9), st.booleans()),
        max_size=5,
    ),
)
def test_frames_never_fail_on_places_that_do_not_fit(data: bytes, places: list[tuple[int, int, int, bool]]) -> None:
    spans = tuple(span(0, 0, line, column, width, primary=p, label="x") for line, column, width, p in places)
    fault = Diagnostic(level=Level.ERROR, category=Category.TYPE, phase=3, message="m", spans=spans)
    for frame in frames_of(fault, lambda path: data):
        assert all(mark.end_column > mark.column for mark in frame.marks)
    (told,) = explain([fault], lambda path: data, Nothing())
    assert as_text(told)


@pytest.mark.parametrize(
    ("title", "inserted", "says"),
    [
        ("consider cloning the value", ".clone()", "second, independent value"),
        ("make it mutable", "mut ", "may change"),
        ("add a lifetime", "<'a>", "promises how long"),
        ("wrap it", "unsafe {", "vouches"),
        ("remove this", "", "taken away"),
        ("use `static`", "&'static str", "whole program"),
        ("make it public", "pub ", "More code"),
        ("zzz", "zzz", "Nothing is known"),
    ],
)
def test_what_a_repair_means(title: str, inserted: str, says: str) -> None:
    fault = Diagnostic(level=Level.ERROR, category=Category.TYPE, phase=3, message="m")
    offered = {0: (Candidate(title=title, inserted=(inserted,)),)}
    (told,) = explain([fault], lambda path: None, Nothing(), candidates=offered)
    assert any(says in meaning for meaning in told.repairs[0].means)


@pytest.fixture
def context(tmp_path: Path) -> ToolContext:
    def read_base(path: str) -> bytes:
        if path != "main.rs":
            raise ToolError("no such file")
        return (GOLDEN / "borrow.rs").read_bytes()

    workspace = SimpleNamespace(
        toolchain=find_toolchain(Path(__file__).parent),
        read_base=read_base,
        project=SimpleNamespace(root=GOLDEN, file=None),
    )
    return ToolContext(workspace, 60, threading.Event(), "key", 1, tmp_path / "home")


def test_the_tools(context: ToolContext, installed: Path) -> None:
    report = docs_explain(ExplainArgs(diagnostics=(load("borrow"),)), context).data
    assert isinstance(report, ExplainReport)
    assert ExplainReport.model_validate_json(report.model_dump_json()) == report
    # What was cited is known from now on, without an index.
    for anchor in report.anchors:
        found = docs_passage(PassageArgs(anchor=anchor.id[:12]), context).data
        assert found.resolution.status == "holds"  # type: ignore[union-attr]
    keys = docs_anchor(KeysArgs(keys=("E0308", "unused_mut", "E9999")), context).data
    assert [passage.key for passage in keys.passages] == ["E0308", "unused_mut"]  # type: ignore[union-attr]
    assert keys.missing == ("E9999",)  # type: ignore[union-attr]
    searched = docs_search(SearchArgs(query="borrow"), context)
    assert "rusta docs build" in searched.data.note  # type: ignore[union-attr]
    unknown = docs_passage(PassageArgs(anchor="0123456789"), context).data
    assert unknown.resolution is None  # type: ignore[union-attr]
