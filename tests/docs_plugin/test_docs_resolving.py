"""Anchors: all of them resolve, a prefix is enough, and a changed document is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_docs import Library, UnknownAnchor
from rusta_docs.ledger import Issued, Ledger
from rusta_schemas.anchor import make_anchor


def test_every_anchor_of_the_index_resolves(library: Library) -> None:
    library.build()
    for stored in library.store.passages("1"):
        found = library.resolve(stored.anchor)
        assert found.status == "holds"
        assert Path(found.file).is_file()
        assert found.anchor.id == stored.anchor
        if stored.text:
            assert found.text == stored.text


def test_a_prefix_is_enough_unless_it_is_ambiguous(library: Library) -> None:
    library.build()
    anchors = sorted(stored.anchor for stored in library.store.passages("1"))
    assert library.resolve(anchors[0][:16].upper()).anchor.id == anchors[0]
    twins = make_anchor("source x", "a.rs", b"x", 0, 1), make_anchor("source x", "b.rs", b"x", 0, 1)
    shared = twins[0].id[:4]
    Ledger(library.home).issue(Issued(anchor, "x", "") for anchor in twins)
    if twins[1].id.startswith(shared):
        pytest.skip("the two anchors begin alike by chance")
    with pytest.raises(UnknownAnchor, match="at least 4"):
        library.resolve("abc")
    with pytest.raises(UnknownAnchor, match="not the beginning"):
        library.resolve("xyzw")
    with pytest.raises(UnknownAnchor, match="no anchor here"):
        library.resolve("0" * 64)


def test_an_ambiguous_prefix_lists_its_anchors(library: Library) -> None:
    found: dict[str, list[int]] = {}
    for number in range(3000):
        found.setdefault(make_anchor("source x", f"{number}.rs", b"x", 0, 1).id[:4], []).append(number)
    prefix, numbers = next((p, n) for p, n in found.items() if len(n) > 1)
    Ledger(library.home).issue(
        Issued(make_anchor("source x", f"{n}.rs", b"x", 0, 1, f"file {n}"), "x", "") for n in numbers
    )
    with pytest.raises(UnknownAnchor, match=f"{len(numbers)} anchors begin with {prefix}.*file {numbers[0]}"):
        library.resolve(prefix)


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_changed_document_is_told_not_pointed_to(library: Library, edit: Callable[..., None], rebuilt: bool) -> None:
    library.build()
    passage = library.lookup("E0502")
    assert passage is not None
    library.issue([passage])
    edit("error_codes/E0502.html", "already borrowed", "lent already")
    if rebuilt:
        library.build()
    found = library.resolve(passage.anchor.id[:20])
    assert found.status == "changed"
    assert "already borrowed" in found.text
    assert "lent already" in found.now
    assert "+" in found.now


def test_a_passage_that_moved_is_told_with_its_new_place(library: Library, edit: Callable[..., None]) -> None:
    library.build()
    stored = library.store.passages("p.fragment = 'delimiters' AND d.collection = 'reference' AND p.kind = 'section'")[
        0
    ]
    edit("reference/tokens.html", '<h2 id="delimiters">', '<p>New.</p>\n<h2 id="delimiters">')
    found = library.resolve(stored.anchor)
    assert found.status == "changed"
    assert f"stand at byte {stored.start + 12} now" in found.why


def test_a_document_that_is_gone_is_missing(library: Library, docs: Path) -> None:
    library.build()
    passage = library.lookup("E0308")
    assert passage is not None
    (docs / "error_codes/E0308.html").unlink()
    found = library.resolve(passage.anchor.id)
    assert (found.status, found.former) == ("missing", False) or found.text


def test_anchors_of_bundles_are_found_without_an_index(library: Library, docs: Path) -> None:
    passage = library.lookup("E0382")
    assert passage is not None
    folder = library.home / "bundles"
    folder.mkdir(parents=True)
    (folder / "broken.json").write_text('{"anchors": 5, "x": "' + passage.anchor.id)
    (folder / "b.json").write_text(json.dumps({"anchors": [passage.anchor.model_dump(mode="json")]}))
    found = library.resolve(passage.anchor.id[:12])
    assert found.status == "holds"
    assert "moved" in found.text


def test_a_damaged_ledger_is_begun_anew(library: Library) -> None:
    ledger = Ledger(library.home)
    ledger.path.parent.mkdir(parents=True)
    ledger.path.write_bytes(b"no database at all" * 100)
    anchor = make_anchor("source x", "a.rs", b"let a;", 0, 6)
    assert ledger.find(anchor.id) == []
    ledger.issue([Issued(anchor, "let a;", "")])
    assert [issued.anchor for issued in ledger.find(anchor.id[:8])] == [anchor]
