"""Applying a bundle or taking it back through the one door."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rusta_conductor.budget import RESOURCES
from rusta_conductor.bundles.fit import Direction
from rusta_conductor.bundles.store import BundleStore
from rusta_conductor.domain import Result
from rusta_conductor.driver import Finish
from rusta_conductor.errors import Cancelled
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import Observer, start
from rusta_schemas.base import JsonObject
from rusta_schemas.bundle import PatchBundle


@dataclass(frozen=True)
class Operation:
    """The episode that applied or took back, and how it ended."""

    episode: str
    finish: Finish
    result: Result

    @property
    def done(self) -> bool:
        return self.result.outcome in ("applied", "rolled-back")


def operate(
    host: PluginHost,
    home: Home,
    bundle: PatchBundle,
    direction: Direction,
    *,
    root: Path | str | None = None,
    observer: Observer | None = None,
) -> Operation:
    """Apply ``bundle`` or take it back, as an episode of the domain ``bundle``.

    Args:
        root: the tree; None is the one the bundle was made for.

    Raises:
        Cancelled: the user interrupted before anything was changed; the episode is parked.
        BundleError, DevLogError: the bundle or the log cannot be written.
    """
    BundleStore(home).save(bundle)
    tree = Path(bundle.root if root is None else root).absolute()
    goal: JsonObject = {"bundle": bundle.id, "direction": direction, "root": str(tree)}
    # It was proved within its own episode's budget, which may have been a larger one than the usual.
    sizes = {"lines": bundle.k_lines, "files": bundle.k_files}
    budget = {name: float(max(size, RESOURCES[name][0])) for name, size in sizes.items()}
    with start(host, home, "bundle", goal, budget=budget, observer=observer) as session:
        finish = session.run()
        if finish.result is None:
            raise Cancelled(f"{finish.parked or 'parked'}; 'rusta resume {session.episode.id}' goes on with it")
        return Operation(session.episode.id, finish, finish.result)
