"""Which files need a fresh modification time when a tree is laid over a warm target folder.

Build tools call a file unchanged when its time is not later than their last build. A lane's warm
target may have been built from a changed copy of a file whose base time is old; shown again with
that old time, the file would count as built. So a lane records what its builds saw: a file that
last differed, or whose base changed since, is laid with a fresh time; one that went back to its
base content keeps the time it was last shown with.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable

from rusta_conductor.sandbox.lanes import Lane, LaneState
from rusta_conductor.sandbox.tree import Tree


def begin(lane: Lane, tree: Tree) -> LaneState:
    """Bring times in order for a tree just laid; marks the lane as in use."""
    stats = _stats(tree)
    before = lane.read_state()
    root = str(tree.base.path)
    if before is None and _is_empty(lane):
        before = LaneState(root, False, stats)
    now = LaneState(root, True, stats)
    lane.write_state(now)
    if before is None or before.open or before.root != root:
        tree.touch(sorted(stats))
        return now
    changed = [path for path, seen in stats.items() if before.stats.get(path) != seen]
    kept = {path: time for path, time in before.dirty.items() if path in stats}
    tree.touch(sorted({*changed, *(path for path, time in kept.items() if not time)}))
    for path, time in kept.items():
        if time and before.stats.get(path) == stats[path]:
            tree.retime(path, time)
    return now


def end(lane: Lane, tree: Tree, state: LaneState) -> None:
    """Record what the lane's builds saw last; the lane is known again."""
    tree.candidates()
    current = _stats(tree)
    dirty = {}
    differing = {*tree.differing(tree.dirty), *_moved(state.stats, current)}
    for path in tree.dirty | differing:
        if path not in current:
            continue
        found = tree.locate(tuple(path.split("/")))
        settled = path not in differing and found is not None and stat.S_ISREG(found[1].st_mode)
        dirty[path] = found[1].st_mtime_ns if settled and found is not None else 0
    lane.write_state(LaneState(state.root, False, current, dirty))


def _stats(tree: Tree) -> dict[str, list[int]]:
    return {"/".join(parts): [status.st_mtime_ns, status.st_size, status.st_ino] for parts, status in tree.files()}


def _moved(before: dict[str, list[int]], after: dict[str, list[int]]) -> Iterable[str]:
    return (path for path, seen in after.items() if before.get(path) != seen)


def _is_empty(lane: Lane) -> bool:
    return next(lane.target.iterdir(), None) is None
