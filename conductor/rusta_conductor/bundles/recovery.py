"""Applications that a kill cut short: finding them, and bringing them to one side or the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rusta_conductor.bundles.drive import Side, drive
from rusta_conductor.bundles.errors import BundleDamaged, BundleRefused
from rusta_conductor.bundles.fit import Direction
from rusta_conductor.bundles.journal import Journal, JournalStore, read_journal
from rusta_conductor.bundles.tree import Tree


@dataclass(frozen=True)
class Interrupted:
    """An application or rollback that was cut short. ``problem`` is set when its journal cannot be read."""

    bundle: str
    direction: str
    root: str
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return self.problem
        name = self.bundle[:12]
        doing = "being applied to" if self.direction == "apply" else "being taken back from"
        return (
            f"bundle {name} was interrupted while {doing} {self.root}; 'rusta apply {name}' or "
            f"'rusta rollback {name}' brings the tree to one side or the other"
        )


def interrupted_bundles(home: Path) -> list[Interrupted]:
    """Every application or rollback that waits to be finished or undone."""
    found: list[Interrupted] = []
    for path in JournalStore(home / "bundles").unfinished():
        try:
            journal = read_journal(path)
        except BundleDamaged as error:
            found.append(Interrupted(path.stem, "", "", str(error)))
            continue
        if journal is not None:
            found.append(Interrupted(journal.bundle, journal.direction, journal.root))
    return found


def side_for(journal: Journal, direction: Direction) -> Side:
    """The side of ``journal`` on which its bundle is applied, or is not, as ``direction`` asks."""
    return "after" if journal.direction == direction else "before"


def check_place(journal: Journal, tree: Tree) -> None:
    """Make sure that ``tree`` is the one that the journal is about, or that one moved.

    Raises:
        BundleRefused: the journal's tree is another one, and still there.
    """
    theirs = Path(journal.root)
    if theirs != tree.root and theirs.is_dir():
        name = journal.bundle[:12]
        raise BundleRefused(
            f"bundle {name} is half applied to {theirs}; finish that first with 'rusta apply {name} --root {theirs}', "
            f"or undo it with 'rusta rollback {name} --root {theirs}'"
        )


def settle(journal: Journal, direction: Direction, tree: Tree, store: JournalStore) -> None:
    """Finish or undo what was interrupted, so that the bundle is applied (or not) as ``direction`` asks.

    Raises:
        BundleRefused: a file was changed in the meantime, or the tree is another one.
        OSError: the disk refused; it can be tried again.
    """
    check_place(journal, tree)
    drive(journal, side_for(journal, direction), tree, store)
    store.complete(journal, tree.root, applied=direction == "apply")
