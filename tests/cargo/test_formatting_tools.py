"""``rustfmt`` and ``parse_probe``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_cargo.models import FormatArgs, SourceArgs
from rusta_cargo.tools.formatting import parse_probe, rustfmt
from rusta_conductor.errors import ToolError

Lay = Callable[..., Path]
MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n'


def test_formatting_follows_the_projects_configuration(lay: Lay, bench: Callable) -> None:
    root = lay(
        {
            "Cargo.toml": MANIFEST,
            "rustfmt.toml": "tab_spaces = 2\n",
            "src/lib.rs": "fn f() {\n1;\n}\n",
        }
    )
    it = bench(root)
    report = it.call(rustfmt, FormatArgs(path="src/lib.rs"))
    assert (report.changed, report.text) == (True, "fn f() {\n  1;\n}\n")
    assert "-1;\n+  1;\n" in report.diff
    again = FormatArgs(path="src/lib.rs", edits=(it.edit("src/lib.rs", "1;", "  1;"),))
    assert not it.call(rustfmt, again).changed
    with pytest.raises(ToolError, match="mend its syntax first"):
        it.call(rustfmt, FormatArgs(path="src/lib.rs", edits=(it.edit("src/lib.rs", "}", ""),)))
    (root / "rustfmt.toml").write_text("nonsense = [")
    assert it.call(parse_probe, SourceArgs(path="src/lib.rs")).ok


@pytest.mark.parametrize(
    "source",
    [
        "fn main() {}",
        "mod missing;",
        'fn f() { undefined::name(1 + "") }',
        "macro_rules! m { () => { ~ } }",
        "",
        "\ufefffn f() {}\r\n",
    ],
)
def test_what_parses(source: str, lay: Lay, bench: Callable) -> None:
    report = bench(lay({"x.rs": ""}) / "x.rs").call(parse_probe, SourceArgs(source=source))
    assert (report.ok, report.diagnostics) == (True, ())


@pytest.mark.parametrize(
    ("source", "said", "at"),
    [
        ("fn main() {\n    let x = ;\n}", "expected expression, found `;`", ";"),
        ("\ufefffn main() {\r\n    let ü = ;\r\n}", "expected expression, found `;`", ";"),
        ("fn main() { f( }", "mismatched closing delimiter", None),
        ("fn main() {", "unclosed delimiter", None),
        ('fn main() { let s = "abc; }', "unterminated double quote string", None),
        ("func main() {}", "expected one of", "main"),
    ],
)
def test_what_does_not_parse(source: str, said: str, at: str | None, lay: Lay, bench: Callable) -> None:
    report = bench(lay({"x.rs": ""}) / "x.rs").call(parse_probe, SourceArgs(source=source))
    assert not report.ok
    found = report.diagnostics[0]
    assert said in found.message
    assert (found.category.value, found.phase) == ("syntax", 1)
    if at is not None:
        assert found.primary is not None
        assert source.encode()[found.primary.start : found.primary.end].decode() == at


def test_a_file_that_is_not_utf8(lay: Lay, bench: Callable) -> None:
    it = bench(lay({"x.rs": b"fn f() {}\n// \xff\n"}) / "x.rs")
    (found,) = it.call(parse_probe, SourceArgs(path="x.rs")).diagnostics
    assert found.primary is not None
    assert (found.primary.start, found.primary.line, found.primary.column) == (13, 2, 4)
