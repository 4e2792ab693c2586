"""Best-first search over patches: trees are nodes, candidates are edges, the compiler is the judge.

The queue is ordered by the parent's distance from compiling (phase, then number of errors), then by the product of the
priors along the path, then by changed lines. A node is only looked into (its proposers are only asked) when its turn
comes, so a good step is followed at once and its siblings wait. Equal trees are one node, however they were reached.

When a tree compiles, the search looks no further than one batch: siblings that change fewer lines and are at least half
as likely. More would cost every user time to save a few a line; shrinking the proved patch afterwards is cheaper.

Everything is deterministic: ties are broken by the order in which candidates were given.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rusta_cargo.repair.proposer import Candidate
from rusta_cargo.repair.tree import BASE, BadReplacement, Read, TreeState
from rusta_cargo.repair.verdict import Distance, Verdict
from rusta_schemas.base import JsonObject

Check = Callable[[Sequence[TreeState]], list[Verdict]]
Propose = Callable[["Node"], list[Candidate]]
Refuse = Callable[[TreeState], str | None]
Rank = tuple[bool, Distance, float, int, int]


@dataclass(frozen=True)
class SearchLimits:
    """Bounds of one search.

    width: candidates kept of one node. depth: steps of one patch. batch: checks made side by side (sandbox lanes).
    checks_per_round: checks between two decisions in the log. patience: checks without progress before it stops.
    """

    width: int = 48
    depth: int = 40
    batch: int = 2
    checks_per_round: int = 8
    patience: int = 64
    tie_checks: int = 2


@dataclass
class Node:
    """A tree that was checked. ``prior`` is the product along the path; ``refuted``: its tests said no."""

    number: int
    parent: int | None
    candidate: Candidate | None
    tree: TreeState
    verdict: Verdict
    prior: float = 1.0
    lines: int = 0
    depth: int = 0
    stub: bool = False
    refuted: bool = False

    @property
    def quality(self) -> tuple[bool, Distance, int, float, int]:
        """Smaller is better: for choosing among nodes that were checked."""
        return (self.stub, self.verdict.distance, self.lines, -self.prior, self.number)


@dataclass(frozen=True)
class _Edge:
    parent: Node
    candidate: Candidate
    tree: TreeState
    prior: float
    lines: int
    stub: bool


@dataclass
class Search:
    """One search. ``root`` is the base with its verdict.

    Args:
        check: the compiler's verdicts on some trees. propose: candidates for a node. refuse: why a tree may never be
            proposed, or None. read: the text of a file of the base. note: takes remarks for people.
    """

    root: Verdict
    check: Check
    propose: Propose
    refuse: Refuse
    read: Read
    note: Callable[[str], None] = lambda _text: None
    limits: SearchLimits = field(default_factory=SearchLimits)
    doubtful: Callable[[Node, TreeState], bool] = lambda _parent, _tree: False

    def __post_init__(self) -> None:
        self.nodes = [Node(0, None, None, BASE, self.root)]
        self.checks = 0
        self.duplicates = 0
        self.refused: dict[str, None] = {}
        self._queue: list[tuple[Rank, Node | _Edge]] = []
        self._seen = {BASE.identity}
        self._sequence = 0
        self._since_progress = 0
        self._best = self.nodes[0]
        self._push(self.nodes[0])

    @property
    def exhausted(self) -> bool:
        """There is nothing left to try, or trying has not helped for too long."""
        return not self._queue or self._since_progress >= self.limits.patience

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def best(self) -> Node:
        """The node nearest to compiling that its tests have not refuted; the root when nothing is better."""
        fit = [node for node in self.nodes[1:] if not node.refuted and node.verdict.failure is None]
        return min((self.nodes[0], *fit), key=lambda n: n.quality)

    def green(self) -> Node | None:
        """The best node that compiles and was not refuted."""
        fit = [node for node in self.nodes[1:] if node.verdict.ok and not node.refuted]
        return min(fit, key=lambda n: n.quality, default=None)

    def partial(self, count: int) -> list[Node]:
        """The best nodes that are nearer to compiling than the base."""
        nearer = [n for n in self.nodes[1:] if n.verdict.distance < self.root.distance]
        return sorted(nearer, key=lambda n: n.quality)[:count]

    def path(self, node: Node) -> list[Candidate]:
        """The candidates that led from the base to ``node``."""
        steps: list[Candidate] = []
        current = node
        while current.parent is not None:
            assert current.candidate is not None
            steps.append(current.candidate)
            current = self.nodes[current.parent]
        return steps[::-1]

    def refute(self, node: Node) -> None:
        """The node compiles, but is not a repair. The search goes on with fresh patience."""
        node.refuted = True
        self._since_progress = 0

    def round(self) -> JsonObject:
        """Check until something compiles, or a round's checks are made; returns what was done, for the log."""
        first, done = len(self.nodes), 0
        while done < self.limits.checks_per_round and not self.exhausted:
            batch = self._batch()
            if not batch:
                break
            done += len(batch)
            found = self._judge(batch)
            if found:
                done += self._fewer_lines(min(found, key=lambda n: n.quality))
                break
        return self._report(self.nodes[first:])

    # inside -------------------------------------------------------------------------------

    def _push(self, item: Node | _Edge) -> None:
        parent = item if isinstance(item, Node) else item.parent
        rank = (item.stub, parent.verdict.distance, -item.prior, item.lines, self._sequence)
        self._sequence += 1
        heapq.heappush(self._queue, (rank, item))

    def _batch(self) -> list[_Edge]:
        batch: list[_Edge] = []
        while self._queue and len(batch) < self.limits.batch:
            _, item = heapq.heappop(self._queue)
            if isinstance(item, Node):
                self._expand(item)
            elif item.tree.identity in self._seen:
                self.duplicates += 1
            else:
                self._seen.add(item.tree.identity)
                batch.append(item)
        return batch

    def _expand(self, node: Node) -> None:
        edges: list[_Edge] = []
        own: set[str] = set()
        for candidate in self.propose(node):
            edge = self._edge(node, candidate)
            if edge is None:
                continue
            if edge.tree.identity in self._seen or edge.tree.identity in own:
                self.duplicates += 1
                continue
            own.add(edge.tree.identity)
            edges.append(edge)
        edges.sort(
            key=lambda edge: (edge.stub, -edge.prior)
        )  # stable: equal priors keep their order
        for edge in edges[: self.limits.width]:
            self._push(edge)

    def _edge(self, node: Node, candidate: Candidate) -> _Edge | None:
        try:
            tree = node.tree.replace(candidate.replacements, self.read)
        except (BadReplacement, LookupError) as error:
            self.note(f"{candidate.proposer}: {candidate.title!r} was dropped: {error}")
            return None
        if tree.identity == node.tree.identity:
            return None
        why = self.refuse(tree)
        if why is not None:
            self.refused.setdefault(why)
            return None
        prior = node.prior * candidate.prior * (0.1 if self.doubtful(node, tree) else 1.0)
        stub = node.stub or candidate.stub
        return _Edge(node, candidate, tree, prior, tree.lines(self.read), stub)

    def _judge(self, batch: list[_Edge]) -> list[Node]:
        """Check ``batch``; returns the nodes that compile."""
        verdicts = self.check([edge.tree for edge in batch])
        self.checks += len(batch)
        self._since_progress += len(batch)
        found = []
        for edge, verdict in zip(batch, verdicts, strict=True):
            node = Node(
                len(self.nodes), edge.parent.number, edge.candidate, edge.tree, verdict,
                edge.prior, edge.lines, edge.parent.depth + 1, edge.stub,
            )  # fmt: skip
            self.nodes.append(node)
            if verdict.failure is None and node.verdict.distance < self._best.verdict.distance:
                self._best, self._since_progress = node, 0
            if verdict.ok:
                found.append(node)
            elif verdict.failure is None and node.depth < self.limits.depth:
                self._push(node)
        return found

    def _fewer_lines(self, found: Node) -> int:
        """One more batch: likely siblings of ``found`` that change fewer lines. Returns how many were checked."""
        siblings = sorted(
            (rank, item)
            for rank, item in self._queue
            if isinstance(item, _Edge)
            and item.parent.number == found.parent
            and item.tree.identity not in self._seen
            and item.lines < found.lines
            and 2 * item.prior >= found.prior
            and item.stub == found.stub
        )[: self.limits.tie_checks]
        chosen: dict[str, _Edge] = {}
        for _, edge in siblings:
            assert isinstance(edge, _Edge)
            chosen.setdefault(edge.tree.identity, edge)
        if chosen:
            self._seen.update(chosen)
            self._judge(list(chosen.values()))
        return len(chosen)

    def _report(self, fresh: list[Node]) -> JsonObject:
        return {
            "checked": [
                {
                    "node": node.number,
                    "parent": node.parent,
                    "title": node.candidate.title if node.candidate else "",
                    "proposer": node.candidate.proposer if node.candidate else "",
                    "tree": node.tree.identity,
                    "ok": node.verdict.ok,
                    "phase": node.verdict.phase,
                    "errors": len(node.verdict.errors),
                    "failure": node.verdict.failure,
                    "lines": node.lines,
                    "prior": round(node.prior, 6),
                }
                for node in fresh
            ],
            "best": self.best().number,
            "waiting": self.waiting,
            "duplicates": self.duplicates,
            "refused": list(self.refused),
        }
