"""What a patch cites: the documentation of what it mends, and the log where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rusta_schemas.anchor import Anchor

Lay = Callable[..., Path]
MOVED = 'fn main() {\n    let a = 1;\n    a = 2;\n    println!("{a}");\n}\n'
UNCLOSED = 'fn main() {\n    println!("hello")\n    println!("you");\n}\n'


def anchors(ran: Any) -> list[Anchor]:
    return [Anchor.model_validate(item) for item in ran.data["bundle"]["anchors"]]


def test_a_patch_cites_the_page_of_the_code(lay: Lay, repair: Callable[..., Any]) -> None:
    ran = repair(lay({"a.rs": MOVED}) / "a.rs")
    assert ran.outcome == "repaired"
    assert anchors(ran)[0].path in ("error_codes/E0384.html", "E0384")
    assert ran.verbs().count("docs_cite") == 1


def test_a_patch_of_a_syntax_error_cites_the_reference(lay: Lay, repair: Callable[..., Any]) -> None:
    ran = repair(lay({"a.rs": UNCLOSED}) / "a.rs")
    assert ran.outcome == "repaired"
    (first, *_) = anchors(ran)
    assert first.path.startswith("reference/") or first.origin == "devlog"


def test_without_the_documentation_plugin_the_log_is_cited_and_it_is_said(lay: Lay, repair: Callable[..., Any]) -> None:
    ran = repair(lay({"a.rs": MOVED}) / "a.rs", docs=False)
    assert ran.outcome == "repaired"
    assert {anchor.origin for anchor in anchors(ran)} == {"devlog"}
    assert any("documentation plugin is not installed" in note["text"] for note in ran.kinds("note"))
    assert "docs_cite" not in ran.verbs()


@pytest.mark.parametrize("docs", [True, False])
def test_a_replay_makes_the_same_citations(lay: Lay, repair: Callable[..., Any], docs: bool) -> None:
    ran = repair(lay({"a.rs": MOVED}) / "a.rs", docs=docs)
    assert ran.replay().outcome == "repaired"
