"""A corpus on disk: its split, its ledger, and what damage to it looks like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_datasets import (
    Corpus,
    CorpusDamaged,
    DatasetError,
    LicenceRefused,
    SourceMissing,
    catalogue,
    distinct,
    document,
    permitted,
    read_ledger,
    read_source,
    write_corpus,
)
from rusta_datasets.corpus import LEDGER, build_from_docs

ODD = [b"x", b"\0\0\0", b"\xff\xfe broken \x80", "grün".encode(), b"a" * 5000]


def made(folder: Path, count: int = 200) -> Corpus:
    texts = [*ODD, *(f"document {i}\n".encode() * (i % 7 + 1) for i in range(count))]
    return write_corpus(folder, [document("book", f"book/{i}.html", "MIT", text) for i, text in enumerate(texts)])


def test_every_document_comes_back_byte_for_byte(tmp_path: Path) -> None:
    corpus = made(tmp_path / "corpus")
    corpus.verify()
    texts = {corpus.document(entry) for side in ("train", "heldout") for entry in corpus.entries(side)}
    assert set(ODD) <= texts
    assert len(corpus.ledger.documents) == 205


def test_about_one_document_in_twenty_is_held_out_and_none_is_on_both_sides(tmp_path: Path) -> None:
    corpus = made(tmp_path / "corpus", 2000)
    sides = {side: {entry.sha256 for entry in corpus.entries(side)} for side in ("train", "heldout")}
    assert 60 <= len(sides["heldout"]) <= 145
    assert not sides["train"] & sides["heldout"]


def test_the_side_depends_on_the_text_alone(tmp_path: Path) -> None:
    first = {e.sha256: e.side for e in made(tmp_path / "a").ledger.documents}
    texts = [document("other", f"z/{i}", "0BSD", t) for i, t in enumerate(reversed(ODD))]
    second = {e.sha256: e.side for e in write_corpus(tmp_path / "b", texts).ledger.documents}
    assert all(first[key] == side for key, side in second.items())


def test_a_text_is_kept_once_even_with_other_white_space() -> None:
    texts = [b"fn a() {}", b"fn  a()\n{}", b"fn b() {}"]
    kept = list(distinct(document("s", str(i), "MIT", text) for i, text in enumerate(texts)))
    assert [one.text for one in kept] == [b"fn a() {}", b"fn b() {}"]


def test_a_document_under_another_licence_stops_the_build_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    with pytest.raises(LicenceRefused, match=r"GPL-3\.0-only"):
        write_corpus(folder, [document("s", "a", "MIT", b"a"), document("s", "b", "GPL-3.0-only", b"b")])
    assert list(tmp_path.iterdir()) == []


def test_an_empty_corpus_is_refused_and_an_older_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    digest = made(folder).digest()
    with pytest.raises(DatasetError, match="empty"):
        write_corpus(folder, [])
    assert Corpus(folder).digest() == digest


def test_a_new_corpus_replaces_the_old_one_whole(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    made(folder)
    corpus = write_corpus(folder, [document("s", "a", "MIT", b"only this")])
    assert len(corpus.ledger.documents) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


@pytest.mark.parametrize("side", ["train", "heldout"])
def test_a_cut_file_is_noticed_at_once(tmp_path: Path, side: str) -> None:
    folder = tmp_path / "corpus"
    made(folder)
    path = folder / f"{side}.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CorpusDamaged, match=rf"{side}\.bin"):
        Corpus(folder)


def test_a_flipped_byte_is_found_by_verify(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    made(folder)
    path = folder / "train.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(CorpusDamaged, match="not the text"):
        Corpus(folder).verify()


def test_the_ledger_is_yaml_that_json_reads_line_by_line(tmp_path: Path) -> None:
    corpus = made(tmp_path / "corpus")
    text = (tmp_path / "corpus" / LEDGER).read_text("utf-8")
    rows = [json.loads(line[2:]) for line in text.splitlines() if line.startswith('- {"source"')]
    assert rows[0].keys() == {"source", "path", "spdx", "sha256", "side", "offset", "length"}
    assert read_ledger(text, "here") == corpus.ledger


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_ledger_is_told_and_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("c") / "corpus"
    write_corpus(folder, [document("s", str(i), "MIT", bytes([i]) * 9) for i in range(30)])
    raw = bytearray((folder / LEDGER).read_bytes())
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(0, len(raw) - 1)) :]
    else:
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    (folder / LEDGER).write_bytes(bytes(raw))
    told = ""
    try:
        Corpus(folder).verify()
    except CorpusDamaged as error:
        told = str(error)
    assert not told or str(folder) in told


def test_the_catalogue_names_licences_and_the_gate_keeps_share_alike_out() -> None:
    passed, refused = permitted(catalogue())
    assert {"library", "book", "error_codes"} <= {source.name for source in passed}
    assert [(source.name, why) for source, why in refused] == [("embedded-book", "CC-BY-SA-4.0 is not permitted")]


def test_sources_are_read_below_a_documentation_folder(tmp_path: Path) -> None:
    passed, _ = permitted(catalogue())
    for source in passed:
        (tmp_path / source.folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / source.folder / "print.html").write_text("<main>all of it</main>")
    (tmp_path / "book" / "ch01.html").write_text("<main><p>Hello, borrow.</p></main>")
    (tmp_path / "src" / "core").mkdir(exist_ok=True)
    (tmp_path / "src" / "core" / "a.rs.html").write_text('<pre class="rust"><code>fn a() {}\n</code></pre>')
    corpus = build_from_docs(tmp_path, tmp_path / "out", "1.0.0")
    assert {(e.source, e.path) for e in corpus.ledger.documents} == {
        ("book", "book/ch01.html"),
        ("library", "src/core/a.rs.html"),
    }
    assert corpus.ledger.refused[0]["name"] == "embedded-book"


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="rustup component add rust-docs"):
        list(read_source(tmp_path, catalogue()[0]))


def test_a_document_without_a_byte_is_passed_over(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c", [document("book", "none", "MIT", b""), document("book", "one", "MIT", b"x")])
    assert [entry.path for side in ("train", "heldout") for entry in corpus.entries(side)] == ["one"]
    with pytest.raises(DatasetError, match="the corpus is empty"):
        write_corpus(tmp_path / "d", [document("book", "none", "MIT", b"")])
    assert not (tmp_path / "d").exists()


def test_a_corpus_that_is_missing_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(CorpusDamaged) as told:
        Corpus(tmp_path)
    assert str(told.value) == f"{tmp_path}/ledger.yaml: No such file or directory; make one with `rusta corpus build`"
