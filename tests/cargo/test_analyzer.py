"""rust-analyzer as an optional provider: positions, what is asked of it, and the real one where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.analyzer.positions import offset_of, position_of
from rusta_cargo.analyzer.proposing import propose
from rusta_cargo.repair.goal import RepairGoal
from rusta_cargo.repair.project import Project
from rusta_cargo.repair.proposer import STUB, Candidate, Situation
from rusta_schemas.base import JsonObject
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Span
from rusta_schemas.observation import Observation, Status

TEXT = b"struct P { x: i32, y: i32 }\nfn main() {\n    let p = P { x: 1 };\n}\n"


@given(st.text(alphabet="a é\U0001f600\n\r", max_size=40), st.data())
def test_positions_and_offsets_agree(text: str, data: st.DataObject) -> None:
    raw = text.encode()
    offset = len(text[: data.draw(st.integers(0, len(text)))].encode())
    line, column = position_of(raw, offset)
    assert offset_of(raw, line, column) == offset


@given(st.binary(max_size=30), st.integers(0, 9), st.integers(0, 99))
def test_any_position_is_within_the_text(raw: bytes, line: int, column: int) -> None:
    assert offset_of(raw, line, column) >= 0


def error(**more: Any) -> Diagnostic:
    place = Span(path="a.rs", start=52, end=53, line=3, end_line=3, column=13, end_column=14, primary=True)
    fields = {"level": Level.ERROR, "code": "E0063", "category": Category.TYPE, "phase": 3, "message": "m"}
    return Diagnostic.model_validate({**fields, "spans": (place,), **more})


def asked(answer: Observation, **more: Any) -> tuple[list[Candidate], list[Any]]:
    calls: list[Any] = []

    def probe(verb: str, args: Any) -> Observation:
        calls.append((verb, args))
        return answer

    situation = Situation(
        diagnostics=more.pop("diagnostics", (error(),)), read=lambda _: TEXT, probe=probe, project=Project(()), **more
    )
    return list(propose(situation)), calls


def fixes(*texts: str) -> Observation:
    part: JsonObject = {"path": "a.rs", "start": 62, "end": 62}
    items: list[Any] = [
        {"place": 0, "title": "Fill struct fields", "replacements": [{**part, "text": text}]} for text in texts
    ]
    return Observation(verb="analyzer_fixes", status=Status.OK, summary="", data={"fixes": items, "note": ""})


def test_a_quick_fix_is_a_candidate_for_its_error_and_a_stub_is_marked() -> None:
    found, calls = asked(fixes(", y: 0", ", y: todo!()"))
    assert calls == [("analyzer_fixes", {"places": [{"path": "a.rs", "start": 52, "end": 53}]})]
    assert [(c.title, c.diagnostic, c.cites) for c in found] == [("fill struct fields", 0, ("E0063",))] * 2
    assert [STUB in c.risk for c in found] == [False, True]


def test_it_is_asked_nothing_where_it_cannot_help() -> None:
    assert asked(fixes("x"), overrides={"a.rs": TEXT}) == ([], [])
    assert asked(fixes("x"), diagnostics=()) == ([], [])
    assert asked(fixes("x"), diagnostics=(error(spans=()),)) == ([], [])
    refused = Observation(verb="analyzer_fixes", status=Status.ERROR, summary="no")
    assert asked(refused)[0] == []


def test_it_is_asked_only_where_the_goal_wants_it() -> None:
    goal = RepairGoal(path="/x")
    assert not goal.wants("analyzer")
    assert goal.wants("names")
    assert goal.model_copy(update={"providers": ("rust-analyzer",)}).wants("analyzer")
    named = goal.model_copy(update={"providers": ("rust-analyzer",), "proposers": ("names",)})
    assert not named.wants("analyzer")


def test_without_it_the_tool_says_so(lay: Callable[..., Path], episode_tool: Any) -> None:
    report = episode_tool(lay({"a.rs": TEXT.decode()}) / "a.rs", found=None)
    assert report.fixes == ()
    assert report.note == "rust-analyzer is not installed"


@pytest.mark.slow
def test_the_real_one_fills_the_fields(lay: Callable[..., Path], episode_tool: Any) -> None:
    from rusta_cargo.toolchain import find_rust_analyzer, find_toolchain

    found = find_rust_analyzer(find_toolchain(Path(__file__).parent))
    if found is None:
        pytest.skip("rust-analyzer is not installed")
    manifest = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n'
    report = episode_tool(lay({"Cargo.toml": manifest, "src/main.rs": TEXT.decode()}), found=found, path="src/main.rs")
    assert "Fill struct fields" in [fix.title for fix in report.fixes], report.note
    assert any("y: " in part.text for part in report.fixes[0].replacements)


@pytest.fixture
def episode_tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Calls the tool on a target, with the given rust-analyzer."""
    import threading

    from rusta_cargo.analyzer import asking
    from rusta_cargo.workspace import CargoWorkspace
    from rusta_conductor.tool import ToolContext

    def call(target: Path, *, found: Path | None, path: str = "a.rs") -> Any:
        monkeypatch.setattr(asking, "find_rust_analyzer", lambda _toolchain: found)
        with CargoWorkspace(str(target), tmp_path / "home", lanes=1) as workspace:
            context = ToolContext(workspace, 85.0, threading.Event(), "key", 1, tmp_path / "home")
            args = asking.FixesArgs(places=(asking.Place(path=path, start=52, end=53),))
            return asking.analyzer_fixes(args, context).data

    return call
