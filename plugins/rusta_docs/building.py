"""Builds the index of the installed documentation or of a crate, and brings it up to date.

The work is done in a file of its own that takes the index's name when it is complete: a reader always sees a whole
index, and a process that dies leaves the old one. Only documents whose size or time changed are read again, and only
those whose bytes changed are indexed again. One process builds at a time; the others wait and find the work done.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rusta_docs.collections import Found, require_collections, scan
from rusta_docs.errors import DocsError, DocsMissing
from rusta_docs.extraction import VERSION, Extracted, extract_many
from rusta_docs.gathering import (
    CRATE,
    LINTS,
    crate_documents,
    crate_origin,
    extract_lints,
    extract_sources,
    lint_documents,
)
from rusta_docs.shelf import Shelf
from rusta_docs.store import SCHEMA, DocStore, Known, StoreDamaged

Progress = Callable[[int, int], None]

WORKERS = 2
# A task of the pool: many enough for a smooth bar, large enough to be worth its way.
_TASK_BYTES = 2_000_000
_LINT_BYTES = 80_000
# Less work than this is done here: a pool of processes takes longer to start.
_POOL_FROM_BYTES = 8_000_000


@dataclass(frozen=True)
class BuildReport:
    """What a build did. ``indexed`` are documents that were read and cut; ``kept`` those that had not changed."""

    path: Path
    indexed: int
    kept: int
    removed: int
    fresh: bool
    seconds: float
    bytes: int


@dataclass
class _Plan:
    wanted: list[Found]
    known: dict[str, Known]
    only: tuple[str, ...] = ()

    @property
    def changed(self) -> list[Found]:
        """What has to be read again."""
        return [found for found in self.wanted if not self._same(found)]

    @property
    def gone(self) -> list[Known]:
        here = {found.path for found in self.wanted}
        return [
            known
            for path, known in self.known.items()
            if path not in here and (not self.only or known.collection in self.only)
        ]

    def _same(self, found: Found) -> bool:
        known = self.known.get(found.path)
        return known is not None and (known.size, known.mtime_ns) == (found.size, found.mtime_ns)


def build(
    path: Path,
    docs: Path,
    origin: str,
    *,
    only: Sequence[str] = (),
    force: bool = False,
    shelf: Shelf | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index at ``path`` up to date with the documentation in ``docs``.

    Args:
        origin: what anchors name as their origin, such as ``rust-docs 1.95.0``.
        only: names of collections; empty takes all.
        force: begin anew.
        shelf: where clippy is asked about its lints; without one they are left out.
        executor: where documents are cut; without one, a pool of :data:`WORKERS` processes when there is much to do.
        progress: told the bytes done and the bytes to do.

    Raises:
        DocsMissing: there is no documentation in ``docs``. UnknownCollection: ``only`` names one that is none.
        DocsError: the index cannot be written.
    """
    require_collections(only)
    wanted = scan(docs, tuple(only))
    if shelf is not None and (not only or LINTS in only):
        wanted += lint_documents(shelf)
    if not wanted:
        raise DocsMissing(f"there is no documentation in {docs}; install it with: rustup component add rust-docs")
    return _locked(path, _Material(docs, origin, wanted, shelf, tuple(only)), force, executor, progress)


def build_crate(path: Path, root: Path, *, force: bool = False, progress: Progress | None = None) -> BuildReport:
    """Bring the index of a crate's own declarations up to date. Raises as :func:`build`."""
    material = _Material(root, crate_origin(root), crate_documents(root))
    return _locked(path, material, force, None, progress)


@dataclass(frozen=True)
class _Material:
    """What is indexed: documents of a folder, and lints that ``shelf`` knows; ``only`` these collections."""

    docs: Path
    origin: str
    wanted: list[Found]
    shelf: Shelf | None = None
    only: tuple[str, ...] = ()


def _locked(
    path: Path, material: _Material, force: bool, executor: Executor | None, progress: Progress | None
) -> BuildReport:
    began = time.monotonic()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(path):
            return _build(path, material, force, executor, progress, began)
    except (OSError, sqlite3.Error) as error:
        raise DocsError(
            f"cannot write the index {path}: {error}; free some space, or set RUSTA_HOME to another folder"
        ) from None


def _build(
    path: Path,
    material: _Material,
    force: bool,
    executor: Executor | None,
    progress: Progress | None,
    began: float,
) -> BuildReport:
    wanted = material.wanted
    known = None if force else _known(path, material.docs, material.origin)
    plan = _Plan(wanted, known or {}, material.only)
    changed, gone = plan.changed, plan.gone
    if known is not None and not changed and not gone:
        return BuildReport(path, 0, len(wanted), 0, False, time.monotonic() - began, _size(path))
    _sweep(path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        if known is not None:
            shutil.copyfile(path, temporary)
        os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY, 0o600))
        db = sqlite3.connect(temporary)
        try:
            indexed = _fill(db, plan, known is None, material, executor, progress)
        finally:
            db.close()
        _keep(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return BuildReport(
        path, indexed, len(wanted) - indexed, len(gone), known is None, time.monotonic() - began, _size(path)
    )  # fmt: skip


def _fill(
    db: sqlite3.Connection,
    plan: _Plan,
    fresh: bool,
    material: _Material,
    executor: Executor | None,
    progress: Progress | None,
) -> int:
    # Nobody else sees this file, and it is thrown away when anything fails.
    db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;")
    if fresh:
        db.executescript((files("rusta_docs") / "schema.sql").read_text("utf-8"))
        db.execute("INSERT INTO search (search, rank) VALUES ('rank', 'bm25(6.0, 3.0, 1.0)')")
    meta = {"schema": SCHEMA, "extraction": VERSION, "origin": material.origin, "docs": str(material.docs)}
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(k, str(v)) for k, v in meta.items()])
    for known in plan.gone:
        _retire(db, known)
    indexed = 0
    for item in _extracted(plan.changed, material, executor, progress):
        before = plan.known.get(item.path)
        if before is not None and before.sha256 == item.sha256:
            db.execute(
                "UPDATE documents SET size = ?, mtime_ns = ? WHERE id = ?", (item.size, item.mtime_ns, before.id)
            )  # fmt: skip
            continue
        if before is not None:
            _retire(db, before)
        _insert(db, item)
        indexed += 1
    db.execute("DELETE FROM retired WHERE anchor IN (SELECT anchor FROM passages)")
    db.execute("INSERT INTO search (search) VALUES ('rebuild')")
    db.commit()
    return indexed


def _extracted(
    changed: list[Found],
    material: _Material,
    executor: Executor | None,
    progress: Progress | None,
) -> Iterator[Extracted]:
    total, done = sum(map(_cost, changed)), 0
    tasks = _tasks(changed)
    tell = progress or (lambda _done, _total: None)
    tell(0, total)
    with _pool(executor, total) as pool:
        if pool is None:
            answers = (call(*arguments) for call, *arguments in (_work(material, task) for task in tasks))
        else:
            futures = [pool.submit(*_work(material, task)) for task in tasks]
            answers = (future.result() for future in futures)
        for task, answer in zip(tasks, answers, strict=True):
            yield from (item for item in answer if item is not None)
            done += sum(map(_cost, task))
            tell(done, total)


@contextmanager
def _pool(executor: Executor | None, total: int) -> Iterator[Executor | None]:
    if executor is not None or total < _POOL_FROM_BYTES:
        yield executor
        return
    # Forked: the workers have all modules at once, and a caller's script is not run again in each of them.
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        yield pool


def _tasks(changed: list[Found]) -> list[list[Found]]:
    tasks: list[list[Found]] = []
    size = _TASK_BYTES
    for found in changed:
        if size >= _TASK_BYTES or found.collection != tasks[-1][0].collection:
            tasks.append([])
            size = 0
        tasks[-1].append(found)
        size += _cost(found)
    return tasks


def _cost(found: Found) -> int:
    """How much work a document is, in bytes of a page; a lint is a process."""
    return _LINT_BYTES if found.collection == LINTS else found.size


def _work(material: _Material, task: list[Found]) -> tuple[Any, ...]:
    """The function that reads the documents of a task, and its arguments."""
    if task[0].collection == LINTS:
        return extract_lints, material.shelf, task
    if task[0].collection == CRATE:
        return extract_sources, str(material.docs), material.origin, [found.path for found in task]
    return extract_many, str(material.docs), material.origin, _names(task)


def _names(task: list[Found]) -> list[tuple[str, str]]:
    return [(found.collection, found.path) for found in task]


def _insert(db: sqlite3.Connection, item: Extracted) -> None:
    document = db.execute(
        "INSERT INTO documents (collection, origin, path, title, sha256, size, mtime_ns) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (item.collection, item.origin, item.path, item.title, item.sha256, item.size, item.mtime_ns),
    ).lastrowid
    for row in item.rows:
        title = row.headings[-1] if row.headings else ""
        passage = db.execute(
            "INSERT INTO passages (document, kind, fragment, title, headings, start, end, text_sha256, anchor, "
            "searched, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (document, row.kind, row.fragment, title, json.dumps(row.headings, ensure_ascii=False), row.start,
             row.end, row.text_sha256, row.anchor, row.searched, row.text),
        ).lastrowid  # fmt: skip
        db.executemany(
            "INSERT INTO code VALUES (?, ?, ?, ?)",
            [(passage, number, code.classes, code.text) for number, code in enumerate(row.code)],
        )


def _retire(db: sqlite3.Connection, known: Known) -> None:
    db.execute(
        "INSERT OR REPLACE INTO retired SELECT p.anchor, d.origin, d.path, p.title, p.start, p.end, p.text_sha256, p.text "
        "FROM passages p JOIN documents d ON d.id = p.document WHERE d.id = ?",
        (known.id,),
    )
    db.execute("DELETE FROM documents WHERE id = ?", (known.id,))


def _known(path: Path, docs: Path, origin: str) -> dict[str, Known] | None:
    """What the present index knows; None when there is none that can be taken further."""
    try:
        with DocStore(path) as store:
            if store.origin != origin or store.docs != docs:
                return None
            store.check()
            return {known.path: known for known in store.known()}
    except StoreDamaged:
        return None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of this index; the file itself stays, because removing it would let two in."""
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _keep(temporary: Path, path: Path) -> None:
    """Give a complete file its name, durably."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sweep(path: Path) -> None:
    """Remove what killed builds left behind. The lock is held, so nobody writes these files."""
    for left in path.parent.glob(f"{path.name}.*.tmp"):
        left.unlink(missing_ok=True)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
