"""The message stream: normal form, repeats, macros, suggestions, and whatever else may stand in it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.messages import package_name, parse_stream, unit_name
from rusta_cargo.places import Places
from rusta_cargo.suggestions import alternatives
from rusta_schemas.diagnostic import Applicability, Category, Level

SOURCE = b"fn main() {\n    let x = y;\n}\n"
STD = "/rustc/hash/library/std/src/macros.rs"


def places() -> Places:
    return Places("/t", "/t", {"src/lib.rs": SOURCE, "crlf.rs": SOURCE.replace(b"\n", b"\r\n")}.get)


def span(start: int, end: int, **more: Any) -> dict[str, Any]:
    line = SOURCE[:start].count(b"\n") + 1
    column = start - (SOURCE[:start].rfind(b"\n") + 1) + 1
    return {
        "file_name": "src/lib.rs",
        "byte_start": start,
        "byte_end": end,
        "line_start": line,
        "line_end": line,
        "column_start": column,
        "column_end": column + end - start,
        "is_primary": True,
        "label": None,
        "suggested_replacement": None,
        "suggestion_applicability": None,
        "expansion": None,
        **more,
    }


def foreign(**more: Any) -> dict[str, Any]:
    return span(0, 1, file_name=STD, line_start=100, line_end=100, **more)


def message(**more: Any) -> dict[str, Any]:
    return {
        "message": "cannot find value `y` in this scope",
        "code": {"code": "E0425", "explanation": None},
        "level": "error",
        "spans": [span(24, 25)],
        "children": [],
        "rendered": "error[E0425]: …",
        **more,
    }


def compiled(body: dict[str, Any], kind: str = "lib") -> dict[str, Any]:
    return {
        "reason": "compiler-message",
        "package_id": "path+file:///t#demo@0.1.0",
        "manifest_path": "/t/Cargo.toml",
        "target": {"kind": [kind], "name": "demo", "src_path": "/t/src/lib.rs"},
        "message": body,
    }


def stream(*lines: object) -> bytes:
    return b"".join((json.dumps(line) if isinstance(line, dict) else str(line)).encode() + b"\n" for line in lines)


def test_normal_form() -> None:
    result = parse_stream(stream(compiled(message()), {"reason": "build-finished", "success": False}), places())
    (found,) = result.diagnostics
    assert (found.level, found.code, found.category, found.phase) == (
        Level.ERROR,
        "E0425",
        Category.NAME,
        2,
    )
    assert found.primary is not None
    assert (found.primary.path, found.primary.start, found.primary.end) == ("src/lib.rs", 24, 25)
    assert found.unit == "demo demo"
    assert result.finished is False


def test_repeats_of_the_test_build_are_dropped_and_errors_come_first() -> None:
    warning = message(level="warning", code={"code": "unused_mut"}, message="unused", spans=[span(0, 2)])
    result = parse_stream(stream(compiled(warning), compiled(message()), compiled(message(), "test")), places())
    assert [d.level for d in result.diagnostics] == [Level.ERROR, Level.WARNING]
    assert result.diagnostics[0].unit == "demo demo"


def test_counts_and_pointers_to_the_index_are_no_diagnostics() -> None:
    lines = [
        message(message="aborting due to 1 previous error", code=None, spans=[]),
        message(message="2 warnings emitted", level="warning", code=None, spans=[]),
        message(
            message="Some errors have detailed explanations: E0425.",
            level="failure-note",
            code=None,
            spans=[],
        ),
    ]
    assert parse_stream(stream(*map(compiled, lines)), places()).diagnostics == ()


def test_a_crash_of_the_compiler_is_an_error() -> None:
    crash = message(
        level="error: internal compiler error",
        message="internal compiler error: x",
        code=None,
        spans=[],
    )
    (found,) = parse_stream(stream(compiled(crash)), places()).diagnostics
    assert (found.level, found.phase) == (Level.ERROR, 0)


def test_text_from_a_foreign_macro_is_moved_to_the_call() -> None:
    inner = {
        "span": foreign(expansion={"span": span(24, 25), "macro_decl_name": "outer!"}),
        "macro_decl_name": "inner!",
    }
    (found,) = parse_stream(stream(compiled(message(spans=[foreign(expansion=inner)]))), places()).diagnostics
    (place,) = found.spans
    assert (place.path, place.start, place.macro) == ("src/lib.rs", 24, "outer!")


def test_a_span_outside_with_no_call_inside_stays_where_it_is() -> None:
    (found,) = parse_stream(stream(compiled(message(spans=[foreign()]))), places()).diagnostics
    assert found.spans[0].path == STD


def test_parts_of_one_suggestion_stay_together() -> None:
    parts = [
        span(0, 0, suggested_replacement="(", suggestion_applicability="MachineApplicable"),
        span(24, 25, suggested_replacement=")", suggestion_applicability="MaybeIncorrect"),
    ]
    child = message(level="help", message="wrap it", code=None, spans=parts)
    (found,) = parse_stream(stream(compiled(message(children=[child]))), places()).diagnostics
    (suggestion,) = found.suggestions
    assert [(r.start, r.end, r.text) for r in suggestion.replacements] == [
        (0, 0, "("),
        (24, 25, ")"),
    ]
    assert suggestion.applicability is Applicability.MAYBE
    assert found.notes == ()


def test_alternatives_at_one_place_are_split_and_repeats_dropped() -> None:
    parts = [span(0, 0, suggested_replacement=text) for text in ("use a;\n", "use b;\n", "use b;\n")]
    child = message(level="help", message="import", code=None, spans=parts)
    (found,) = parse_stream(stream(compiled(message(children=[child]))), places()).diagnostics
    assert [s.replacements[0].text for s in found.suggestions] == ["use a;\n", "use b;\n"]
    assert {s.applicability for s in found.suggestions} == {Applicability.UNSPECIFIED}


def test_suggestions_outside_the_tree_are_left_out() -> None:
    child = message(level="help", message="m", code=None, spans=[foreign(suggested_replacement="x")])
    (found,) = parse_stream(stream(compiled(message(children=[child]))), places()).diagnostics
    assert found.suggestions == ()


def test_new_lines_take_the_form_of_the_file() -> None:
    part = span(0, 0, file_name="crlf.rs", suggested_replacement="use a;\n")
    child = message(level="help", message="m", code=None, spans=[part])
    (found,) = parse_stream(stream(compiled(message(children=[child]))), places()).diagnostics
    assert found.suggestions[0].replacements[0].text == "use a;\r\n"


def test_notes_keep_their_places() -> None:
    child = message(level="note", message="defined here", code=None, spans=[span(3, 7)])
    (found,) = parse_stream(stream(compiled(message(children=[child]))), places()).diagnostics
    assert (found.notes[0].message, found.notes[0].spans[0].start) == ("defined here", 3)


def test_names_of_packages_and_units() -> None:
    assert package_name("path+file:///a/b#0.1.0") == "b"
    assert package_name("registry+https://x/index#serde@1.0.0") == "serde"
    assert package_name("git+https://x/y?rev=1#0.2.0") == "y"
    assert package_name("serde 1.0.0 (registry+https://x)") == "serde"
    assert unit_name("p", ["lib"], "p") == "p p"
    assert unit_name("p", ["proc-macro"], "p") == "p p"
    assert unit_name("p", ["bin"], "p") == "p bin:p"
    assert unit_name("p", ["custom-build"], "build-script-build") == "p build:build-script-build"


JUNK = st.one_of(
    st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")),
    st.sampled_from(
        [
            b"{",
            b"{}",
            b'{"reason":1}',
            b'{"reason":"compiler-message"}',
            b"null",
            b"[1]",
            b'{"a":' * 60,
        ]
    ),
)


@given(st.lists(JUNK, max_size=6), st.lists(JUNK, max_size=6))
def test_junk_between_messages_hides_nothing(before: list[bytes], after: list[bytes]) -> None:
    good = stream(compiled(message())).strip()
    result = parse_stream(b"\n".join([*before, good, *after]), places())
    assert [d.code for d in result.diagnostics] == ["E0425"]


@given(st.integers(0, 400))
def test_a_cut_stream_gives_the_messages_before_the_cut(cut: int) -> None:
    first, second = stream(compiled(message())), stream(compiled(message(message="second")))
    result = parse_stream(first + second[: min(cut, len(second) - 3)], places())
    assert [d.message for d in result.diagnostics] == ["cannot find value `y` in this scope"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 99) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(message())), JSON)
def test_a_message_of_another_form_is_no_crash(key: str, value: object) -> None:
    parse_stream(stream(compiled(message(**{key: value}))), places())


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4)), min_size=1, max_size=6, unique=True),
    st.integers(1, 4),
)
def test_alternatives_of_equal_places_are_found(sizes: list[tuple[int, int]], copies: int) -> None:
    """k parts at rising, separate places, given n times one after the other, are n alternatives."""
    position, parts = 0, []
    for gap, size in sizes:
        start = position + gap + 1
        position = start + size
        parts.append({"file_name": "a", "byte_start": start, "byte_end": position})
    assert alternatives(parts * copies) == [parts] * copies
