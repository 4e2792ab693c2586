"""A corpus on disk: two files of bytes (training, held out), memory-mapped, and the ledger that accounts for them."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_datasets.documents import Document, Source, catalogue, distinct, permitted, read_source
from rusta_datasets.errors import CorpusDamaged, DatasetError
from rusta_datasets.ledger import SIDES, Entry, Ledger, of_documents, read_ledger
from rusta_datasets.licences import require

LEDGER = "ledger.yaml"


class Corpus:
    """An opened corpus.

    :raises CorpusDamaged: when a file is missing, has another length than the ledger says, or the ledger is unreadable.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            text = (folder / LEDGER).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as wrong:
            why = wrong.strerror if isinstance(wrong, OSError) else wrong
            raise CorpusDamaged(f"{folder / LEDGER}: {why}; make one with `rusta corpus build`") from None
        self.ledger: Ledger = read_ledger(text, str(folder / LEDGER))
        self._bytes = {side: self._map(side) for side in SIDES}

    def bytes_of(self, side: str) -> NDArray[np.uint8]:
        """All documents of one side, one after another, mapped read-only."""
        return self._bytes[side]

    def entries(self, side: str) -> list[Entry]:
        """The documents of one side, in the order of its file."""
        return of_documents(self.ledger.documents, side)

    def document(self, entry: Entry) -> bytes:
        """The text of one document."""
        return self._bytes[entry.side][entry.offset : entry.offset + entry.length].tobytes()

    def weights(self) -> dict[str, float]:
        """How often a byte of each source is drawn, against a byte of weight 1."""
        return {str(source["name"]): float(source.get("weight", 1.0)) for source in self.ledger.sources}

    def digest(self) -> str:
        """One SHA-256 over the identities of all documents and their sides."""
        rows = sorted(f"{entry.side} {entry.sha256}\n" for entry in self.ledger.documents)
        return hashlib.sha256("".join(rows).encode()).hexdigest()

    def verify(self) -> None:
        """Check every document against its SHA-256.

        :raises CorpusDamaged: naming the first that differs.
        """
        for entry in self.ledger.documents:
            if hashlib.sha256(self.document(entry)).hexdigest() != entry.sha256:
                raise CorpusDamaged(f"{self.folder}: {entry.path} is not the text that the ledger describes")

    def _map(self, side: str) -> NDArray[np.uint8]:
        path = self.folder / f"{side}.bin"
        entries = self.entries(side)
        expected = max((entry.offset + entry.length for entry in entries), default=0)
        size = path.stat().st_size if path.is_file() else -1
        if size != expected:
            raise CorpusDamaged(f"{path}: {size} bytes where the ledger says {expected}; build the corpus again")
        return np.memmap(path, np.uint8, "r") if size else np.zeros(0, np.uint8)


def write_corpus(
    folder: Path,
    documents: Iterable[Document],
    sources: Iterable[Source] = (),
    refused: Iterable[tuple[Source, str]] = (),
    about: dict[str, Any] | None = None,
) -> Corpus:
    """Write documents as a corpus: the new folder appears whole or not at all, an older one is replaced.

    Documents without a byte are passed over.

    :raises LicenceRefused: if a document's licence is not permitted.
    :raises DatasetError: if there is no document, or the folder cannot be written.
    """
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as wrong:
        raise DatasetError(f"cannot write {folder}: {wrong.strerror or wrong}; nothing was changed") from None
    try:
        entries = _write_sides(made, documents)
        if not entries:
            raise DatasetError("the corpus is empty: no source gave any text")
        ledger = Ledger(
            about or {},
            tuple(
                {"name": s.name, "title": s.title, "spdx": s.spdx, "origin": s.origin, "weight": s.weight}
                for s in sources
            ),
            tuple({"name": s.name, "spdx": s.spdx, "why": why} for s, why in refused),
            tuple(entries),
        )
        (made / LEDGER).write_text(ledger.text(), "utf-8")
        _swap(made, folder)
    except OSError as wrong:
        raise DatasetError(f"cannot write {folder}: {wrong.strerror or wrong}; nothing was changed") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Corpus(folder)


def build_from_docs(html: Path, folder: Path, toolchain: str) -> Corpus:
    """The corpus of the documentation installed below ``html``.

    :raises SourceMissing: if a source of the catalogue is not installed.
    """
    sources, refused = permitted(catalogue())
    documents = distinct(one for source in sources for one in read_source(html, source))
    about = {"toolchain": toolchain, "from": "rust-docs", "held_out_share": 0.05, "split": "sha256 of the text"}
    return write_corpus(folder, documents, sources, refused, about)


def _write_sides(folder: Path, documents: Iterable[Document]) -> list[Entry]:
    entries: list[Entry] = []
    files = {side: (folder / f"{side}.bin").open("wb") for side in SIDES}
    try:
        for one in documents:
            require(one.spdx, one.path)
            if not one.text:
                continue
            side = SIDES[one.held_out]
            offset = files[side].tell()
            files[side].write(one.text)
            entries.append(Entry(one.source, one.path, one.spdx, one.sha256, side, offset, len(one.text)))
    finally:
        for file in files.values():
            file.close()
    return entries


def _swap(made: Path, folder: Path) -> None:
    made.chmod(0o755)
    if not folder.exists():
        made.replace(folder)
        return
    aside = made.with_name(made.name + "-old")
    folder.replace(aside)
    try:
        made.replace(folder)
    except OSError:
        aside.replace(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)
