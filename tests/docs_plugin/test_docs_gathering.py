"""What is indexed beside the installed pages: the lints of clippy, and a crate's own declarations."""

from __future__ import annotations

from pathlib import Path

import pytest

from rusta_docs import DocsMissing, Library, Shelf
from rusta_docs.errors import UnknownCollection

DRIVER = """#!/bin/sh
cat <<'END'
Lint checks provided by plugins loaded by this crate:
    name  default  meaning
                 clippy::len-zero  warn     checks `.len() == 0`
            clippy::absolute-paths  allow    checks paths
    clippy::all  clippy::len-zero, clippy::absolute-paths
END
"""
EXPLAIN = """#!/bin/sh
test "$2" = len_zero && printf '### What it does\\nChecks for getting the length only to compare it with zero.\\n'
test "$2" = absolute_paths && printf '### What it does\\nChecks for items named by a long path.\\n'
exit 0
"""


@pytest.fixture
def clippy(tmp_path: Path, docs: Path) -> Library:
    """A library beside a clippy that knows two lints."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (("clippy-driver", DRIVER), ("cargo-clippy", EXPLAIN)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return Library(Shelf(docs, "1.95.0", "0" * 64, folder), tmp_path / "home")


def test_lints_are_indexed_and_cited_as_their_key_cites_them(clippy: Library) -> None:
    assert clippy.build(only=("clippy-lints",)).indexed == 2
    (hit, *_) = clippy.search("length compare zero")
    assert hit.passage.headings == ("clippy::len_zero",)
    direct = clippy.lookup("clippy::len_zero")
    assert direct is not None
    assert hit.passage.anchor == direct.anchor
    assert clippy.resolve(direct.anchor.id).status == "holds"
    # The same driver: nothing is asked again.
    assert clippy.build(only=("clippy-lints",)).indexed == 0


def test_another_clippy_is_read_anew_and_the_former_text_is_told(clippy: Library) -> None:
    clippy.build(only=("clippy-lints",))
    before = clippy.lookup("clippy::len_zero")
    assert before is not None
    assert clippy.shelf.bin is not None
    (clippy.shelf.bin / "cargo-clippy").write_text(EXPLAIN.replace("only to compare", "in order to compare"))
    (clippy.shelf.bin / "clippy-driver").write_text(DRIVER + "# newer\n")
    report = Library(clippy.shelf, clippy.home).build(only=("clippy-lints",))
    assert (report.indexed, report.kept) == (1, 1)
    found = Library(clippy.shelf, clippy.home).resolve(before.anchor.id)
    assert found.status == "changed"
    assert "only to compare" in found.text


def test_one_collection_leaves_the_others_alone(clippy: Library) -> None:
    clippy.build()
    report = clippy.build(only=("nomicon",))
    assert (report.indexed, report.removed) == (0, 0)
    assert {name for name, _, _ in clippy.store.counts()} >= {"book", "nomicon", "clippy-lints"}


def test_an_unknown_collection_is_named(clippy: Library) -> None:
    with pytest.raises(UnknownCollection, match="no collection 'bok'; there are error_codes"):
        clippy.build(only=("bok",))
    clippy.build(only=("nomicon",))
    with pytest.raises(UnknownCollection, match="bok"):
        clippy.search("x", only=("bok",))


def test_a_crates_declarations_are_found_and_cited(library: Library, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    (root / "src").mkdir(parents=True)
    (root / "Cargo.toml").write_text('[package]\nname = "shop"\n')
    place = root / "src" / "lib.rs"
    place.write_text("/// Cents, never negative.\npub struct Price(u64);\n\npub fn total() -> u64 { 0 }\n")
    with pytest.raises(DocsMissing, match="--crate"):
        library.search_crate(root, "price")
    assert library.build_crate(root).indexed == 1
    assert library.build_crate(root).indexed == 0
    (hit, *_) = library.search_crate(root, "never negative cents")
    assert hit.passage.headings == ("src/lib.rs", "struct Price")
    assert hit.passage.anchor.origin == "source shop"
    assert library.resolve(hit.passage.anchor.id).status == "holds"
    place.write_text("/// Cents.\npub struct Price(u64);\n")
    assert library.resolve(hit.passage.anchor.id).status == "changed"
    assert library.build_crate(root).indexed == 1
    found = library.resolve(hit.passage.anchor.id)
    assert found.status == "changed"
    assert "never negative" in found.text


def test_a_folder_without_source_is_no_crate(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DocsMissing, match="no Rust source"):
        library.build_crate(tmp_path / "empty")
