"""The documentation as everyone uses it: looked up by key, searched by words, cited by anchors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rusta_docs.building import BuildReport, Progress, build, build_crate
from rusta_docs.collections import require_collections
from rusta_docs.errors import DocsMissing
from rusta_docs.keys import find
from rusta_docs.ledger import Issued, Ledger
from rusta_docs.models import Hit, Passage, Resolution
from rusta_docs.resolving import resolve
from rusta_docs.search import search
from rusta_docs.shelf import Shelf, ToolchainLike
from rusta_docs.store import DocStore, StoreDamaged


class Library:
    """The documentation of one toolchain. Use it as a context manager.

    Looking up keys reads the installed pages; only a search needs the index (:meth:`build`).

    Args:
        shelf: which documentation.
        home: the state folder; the index and the ledger of anchors lie in its ``cache/docs``.
    """

    def __init__(self, shelf: Shelf, home: Path) -> None:
        self.shelf, self.home = shelf, home
        self.index = shelf.index(home)
        self._store: DocStore | None = None
        self._asked: dict[str, Passage | None] = {}

    @classmethod
    def of(cls, toolchain: ToolchainLike, home: Path) -> Library:
        """The library of an installed toolchain."""
        return cls(Shelf.of(toolchain), home)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def lookup(self, key: str) -> Passage | None:
        """The passage for a key (see :mod:`rusta_docs.keys`); None when there is none."""
        if key not in self._asked:
            self._asked[key] = find(self.shelf, key)
        return self._asked[key]

    def search(self, query: str, limit: int = 5, only: Sequence[str] = ()) -> list[Hit]:
        """The passages nearest to a question.

        Raises:
            DocsMissing: there is no index, or it is damaged. UnknownCollection: ``only`` names one that is none.
        """
        require_collections(only)
        try:
            return search(self.store, query, limit, only)
        except StoreDamaged as error:
            raise DocsMissing(f"{error}; 'rusta docs build' makes it anew") from None

    @property
    def store(self) -> DocStore:
        """The index. Raises StoreDamaged when there is none."""
        if self._store is None:
            self._store = DocStore(self.index)
        return self._store

    def build(self, *, only: Sequence[str] = (), force: bool = False, progress: Progress | None = None) -> BuildReport:
        """Build the index, or bring it up to date. Raises as :func:`rusta_docs.building.build`."""
        if self.shelf.docs is None:
            raise DocsMissing(
                "the documentation of this toolchain is not installed; install it with: rustup component add rust-docs"
            )
        self.close()
        return build(
            self.index,
            self.shelf.docs,
            self.shelf.origin,
            only=only,
            force=force,
            shelf=self.shelf,
            progress=progress,
        )

    def build_crate(self, root: Path, *, force: bool = False, progress: Progress | None = None) -> BuildReport:
        """Index a crate's own declarations, or bring that index up to date."""
        return build_crate(self.shelf.crate_index(self.home, root), root, force=force, progress=progress)

    def search_crate(self, root: Path, query: str, limit: int = 5) -> list[Hit]:
        """The declarations of a crate nearest to a question. Raises DocsMissing when it is not indexed."""
        try:
            with DocStore(self.shelf.crate_index(self.home, root)) as store:
                return search(store, query, limit)
        except StoreDamaged:
            raise DocsMissing(f"{root} is not indexed; 'rusta docs build --crate {root}' does it") from None

    def resolve(self, beginning: str) -> Resolution:
        """What an anchor cites today. Raises UnknownAnchor."""
        return resolve(self.home, beginning, self.shelf)

    def issue(self, passages: Iterable[Passage]) -> None:
        """Remember that these passages were cited."""
        folder = "" if self.shelf.docs is None else str(self.shelf.docs)
        Ledger(self.home).issue(Issued(p.anchor, p.text, folder) for p in passages)
