"""The index: built, brought up to date, rebuilt when damaged, and never seen half."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rusta_docs import DocsError, DocsMissing, Library, Shelf
from rusta_docs.building import build
from rusta_docs.store import DocStore, StoreDamaged


def test_a_build_and_what_is_in_it(library: Library) -> None:
    report = library.build()
    assert report.fresh
    assert report.indexed == 20
    counts = {name: (documents, passages) for name, documents, passages in library.store.counts()}
    assert counts["error_codes"][0] == 10
    assert counts["std"][1] > 50
    stored = library.store.passages("d.path = 'error_codes/E0502.html' AND p.searched")
    assert "already borrowed" in stored[0].text
    assert any("compile_fail" in classes for classes, _ in library.store.code(stored[0].row))
    assert library.index.stat().st_mode & 0o777 == 0o600


def test_only_what_changed_is_read_again(library: Library, docs: Path, edit: Callable[..., None]) -> None:
    library.build()
    assert library.build().indexed == 0
    os.utime(docs / "error_codes/E0308.html", (1, 1))
    assert library.build().indexed == 0  # another time, the same bytes
    edit("error_codes/E0502.html", "already borrowed", "lent twice")
    (docs / "error_codes/E0599.html").unlink()
    report = library.build()
    assert (report.indexed, report.removed, report.fresh) == (1, 1, False)
    assert "lent twice" in library.search("lent twice mutability")[0].passage.text
    assert not library.store.passages("d.path = 'error_codes/E0599.html'")


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\0" * 4000])
def test_a_corrupted_index_is_told_and_rebuilt(library: Library, content: bytes) -> None:
    library.index.parent.mkdir(parents=True)
    library.index.write_bytes(content)
    with pytest.raises(DocsMissing, match="rusta docs build"):
        library.search("borrow")
    assert library.build().fresh
    assert library.search("borrow")


def test_a_page_of_zeros_in_the_middle_is_found(library: Library) -> None:
    library.build()
    data = bytearray(library.index.read_bytes())
    data[8192 : 8192 + 40960] = bytes(40960)
    library.close()
    library.index.write_bytes(data)
    assert library.build().fresh


def test_an_index_of_another_version_is_built_anew(library: Library) -> None:
    library.build()
    library.close()
    with sqlite3.connect(library.index) as db:
        db.execute("UPDATE meta SET value = '0' WHERE name = 'extraction'")
    with pytest.raises(StoreDamaged, match="another version"):
        DocStore(library.index)
    assert library.build().fresh


def test_builds_at_the_same_time_do_the_work_once(library: Library, docs: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: build(library.index, docs, "rust-docs 1.95.0"), range(4)))
    assert sorted(report.indexed for report in reports) == [0, 0, 0, 20]
    DocStore(library.index).check()


def _build_and_die(index: Path, docs: Path, after: int) -> None:
    def progress(done: int, _total: int) -> None:
        nonlocal after
        after -= 1
        if after <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    build(index, docs, "rust-docs 1.95.0", force=True, progress=progress)


@pytest.mark.parametrize("after", [1, 2])
def test_a_killed_build_leaves_the_old_index(library: Library, docs: Path, after: int) -> None:
    library.build()
    library.close()
    before = library.index.read_bytes()
    worker = multiprocessing.get_context("fork").Process(target=_build_and_die, args=(library.index, docs, after))
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    assert library.index.read_bytes() == before
    assert library.build(force=True).indexed == 20
    assert not list(library.index.parent.glob("*.tmp"))


def test_progress_reaches_its_end(library: Library) -> None:
    told: list[tuple[int, int]] = []
    library.build(progress=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] > 0
    assert told == sorted(told)


def test_without_documentation_it_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    for docs in (None, tmp_path / "html"):
        with pytest.raises(DocsMissing, match="rustup component add rust-docs"):
            Library(Shelf(docs, "1", "0" * 12), tmp_path).build()


def test_a_place_that_cannot_be_written_is_named(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DocsError, match="RUSTA_HOME"):
        build(tmp_path / "file" / "x.sqlite", docs, "o")


@pytest.mark.slow
def test_the_whole_documentation(whole: Library) -> None:
    report = whole.build()
    assert report.indexed > 2500
    sample = whole.store.passages("p.id % 61 = 0")
    assert len(sample) > 100
    assert {whole.resolve(stored.anchor).status for stored in sample} == {"holds"}
    from rusta_docs.qa import GATE, measure, questions

    scores, _, _ = measure(whole, questions(whole.store, 300, 2))
    assert scores["all"].three / scores["all"].asked >= GATE
