"""Best-first search over patches: trees are nodes, candidates are edges, the compiler and the tests are the judges.

The queue is ordered by the parent's distance from a repair (phase, then errors, then failing tests), then by the
product of the priors along the path, then by changed lines. A node is only looked into (its proposers are only asked)
when its turn comes, so a good step is followed at once and its siblings wait. Equal trees are one node, however they
were reached.

When a tree compiles, the search looks no further than one batch: siblings that change fewer lines and are at least half
as likely. More would cost every user time to save a few a line; shrinking the proved patch afterwards is cheaper.

A node that compiles and whose tests fail is searched on with the tests as judge, many candidates at a time. Where the
base itself compiles this is all there is; where it does not, such nodes wait until no candidate is left that mends the
errors another way.

Proposers that can wait (slow ones whose candidates are never very likely) are asked for a node when everything likelier
that is left has been tried, which is the same order as if they had been asked with the others.

Everything is deterministic: ties are broken by the order in which candidates were given.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rusta_cargo.repair.proposer import Candidate
from rusta_cargo.repair.regression import TestOutcome
from rusta_cargo.repair.tree import BASE, BadReplacement, Read, TreeState
from rusta_cargo.repair.verdict import Distance, Verdict
from rusta_schemas.base import JsonObject
from rusta_schemas.diagnostic import Diagnostic

Check = Callable[[Sequence[TreeState]], list[Verdict]]
Propose = Callable[["Node"], list[Candidate]]
Refuse = Callable[[TreeState], str | None]
# Those of the errors that were known of a tree that a change of it, with the errors given, only hides.
Hidden = Callable[[Sequence[Diagnostic], Sequence[Diagnostic]], tuple[Diagnostic, ...]]
# None: not judged this time, the tree is to be offered again.
Test = Callable[["Node", Sequence[TreeState]], Sequence[Verdict | None]]
Rank = tuple[bool, bool, Distance, float, int, int]
# What a further changed line costs a patch that the tests alone speak for.
PER_LINE = 0.85


@dataclass(frozen=True)
class SearchLimits:
    """Bounds of one search.

    width: candidates kept of one node. depth: steps of one patch. batch: checks made side by side (sandbox lanes).
    fair: every so many edges another answer to an error that was answered is taken. checks_per_round: checks between two
    decisions in the log. patience: checks without progress before it stops.
    tested_…: the same where tests judge, which take many trees at a time.
    """

    width: int = 48
    depth: int = 40
    batch: int = 2
    likely: float = 0.4
    fair: int = 3
    checks_per_round: int = 8
    patience: int = 64
    tie_checks: int = 2
    tested_width: int = 768
    tested_batch: int = 256
    tested_patience: int = 960


@dataclass
class Node:
    """A tree that was checked. ``prior`` is the product along the path; ``refuted``: its tests said no.

    ``tests``: what they said, when they were asked. ``late``: it waits until everything else was tried. ``standing``: the
    distance it is ranked by, where that is not its verdict's.
    """

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
    tests: TestOutcome | None = None
    late: bool = False
    standing: Distance | None = None

    @property
    def distance(self) -> Distance:
        """How far it is from a repair, for the order in which nodes are followed; see :func:`_standing`."""
        return self.verdict.distance if self.standing is None else self.standing

    @property
    def tested(self) -> bool:
        """Its candidates are judged by the tests."""
        return self.verdict.failing is not None

    @property
    def quality(self) -> tuple[bool, Distance, int, float, int]:
        """Smaller is better: for choosing among nodes that were checked."""
        if self.tested:
            worth = self.prior * PER_LINE**self.lines
            return (self.stub, self.verdict.distance, 0, -worth, self.number)
        return (self.stub, self.verdict.distance, self.lines, -self.prior, self.number)


@dataclass(frozen=True)
class _Edge:
    parent: Node
    candidate: Candidate
    tree: TreeState
    prior: float
    lines: int
    stub: bool


@dataclass(frozen=True)
class _Late:
    """In the queue where the likeliest candidate of a node's late proposers may stand."""

    parent: Node
    prior: float
    lines: int = 0

    @property
    def stub(self) -> bool:
        return self.parent.stub


_Item = Node | _Edge | _Late


@dataclass
class Search:
    """One search. ``root`` is the base with its verdict.

    Args:
        check: the compiler's verdicts on some trees. propose: candidates for a node. refuse: why a tree may never be
            proposed, or None. read: the text of a file of the base. note: takes remarks for people.
        test: the tests' verdicts on changes of a tree whose tests fail, on at least one of them; needed when they do.
        tests: what the tests say of the base. hidden: which known errors a verdict leaves untold.
        propose_late: candidates that can wait, none with a prior above most_late.
    """

    root: Verdict
    check: Check
    propose: Propose
    refuse: Refuse
    read: Read
    note: Callable[[str], None] = lambda _text: None
    limits: SearchLimits = field(default_factory=SearchLimits)
    doubtful: Callable[[Node, TreeState], bool] = lambda _parent, _tree: False
    test: Test | None = None
    tests: TestOutcome | None = None
    hidden: Hidden = lambda _known, _told: ()
    propose_late: Propose = lambda _node: []
    most_late: float = 0.0

    def __post_init__(self) -> None:
        self.nodes = [Node(0, None, None, BASE, self.root, tests=self.tests)]
        self.checks = 0
        self.duplicates = 0
        self.refused: dict[str, None] = {}
        self._queue: list[tuple[Rank, _Item]] = []
        # The edges that answer one error of one node, the likeliest first; and how many were taken for the compiler.
        self._beside: dict[tuple[int, int], list[tuple[float, int, int, _Edge]]] = {}
        self._taken = 0
        self._seen = {BASE.identity}
        self._sequence = 0
        # by what judges: False the compiler, True the tests
        self._since_progress = {False: 0, True: 0}
        self._best = self.nodes[0]
        self._push(self.nodes[0])

    @property
    def exhausted(self) -> bool:
        """There is nothing left to try, or trying has not helped for too long."""
        return not any(self._alive(item) for _, item in self._queue)

    @property
    def compiled(self) -> int:
        """How many of the trees that were checked compile."""
        return sum(node.verdict.ok for node in self.nodes[1:])

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def best(self) -> Node:
        """The node nearest to compiling that its tests have not refuted; the root when nothing is better."""
        fit = [node for node in self.nodes[1:] if not node.refuted and node.verdict.failure is None]
        return min((self.nodes[0], *fit), key=lambda n: n.quality)

    def green(self) -> Node | None:
        """The best node that compiles, fails no test that was asked, and was not refuted."""
        fit = [node for node in self.nodes[1:] if node.verdict.solved and not node.refuted]
        return min(fit, key=lambda n: n.quality, default=None)

    def rivals(self, node: Node) -> list[Node]:
        """The other nodes that may be the repair just as well: another change before the same one elsewhere, best first."""
        fit = [n for n in self.nodes[1:] if n is not node and n.verdict.solved and not n.refuted]
        return sorted(fit, key=lambda n: (node.tested and _said(n) == _said(node), n.quality))

    def share(self, node: Node) -> float:
        """How much of the belief in all changes that make the tests pass is in this one; 1 when it is the only one.

        The same change at another place is the same for this: a guard that may as well stand a line below.
        """
        rivals = [n for n in self.nodes[1:] if n.tested and n.verdict.solved and not n.refuted and n is not node]
        same = sum(rival.prior for rival in rivals if _said(rival) == _said(node)) + node.prior
        other = sum(rival.prior for rival in rivals if _said(rival) != _said(node))
        return same / (same + other)

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

    def refute(self, node: Node, tests: TestOutcome | None = None) -> None:
        """The node compiles, but is not a repair. The search goes on with fresh patience.

        Args:
            tests: what its tests say; those that fail may be mended by a further step, when all else has been tried.
        """
        node.refuted = True
        self._since_progress = dict.fromkeys(self._since_progress, 0)
        if node.tested or self.test is None or tests is None or not tests.faults:
            return
        node.tests, node.late = tests, True
        node.verdict = replace(node.verdict, failing=tuple(test.name for test in tests.faults))
        if node.depth < self.limits.depth:
            self._push(node)

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
                if not found[0].tested:
                    done += self._fewer_lines(min(found, key=lambda n: n.quality))
                break
        return self._report(self.nodes[first:])

    # inside -------------------------------------------------------------------------------

    def _push(self, item: _Item) -> None:
        parent = item if isinstance(item, Node) else item.parent
        distance = parent.distance
        if parent.tested:  # two steps are only tried when no single one is left
            distance = distance._replace(errors=parent.depth)
        rank = (item.stub, parent.late, distance, -item.prior, item.lines, self._sequence)
        self._sequence += 1
        heapq.heappush(self._queue, (rank, item))
        answered = item.candidate.diagnostic if isinstance(item, _Edge) else None
        if isinstance(item, _Edge) and answered is not None and not (parent.tested or item.stub or parent.late):
            beside = self._beside.setdefault((parent.number, answered), [])
            heapq.heappush(beside, (-item.prior, item.lines, self._sequence, item))

    def _alive(self, item: _Item) -> bool:
        tested = (item if isinstance(item, Node) else item.parent).tested
        most = self.limits.tested_patience if tested else self.limits.patience
        return self._since_progress[tested] < most

    def _batch(self) -> list[_Edge]:
        """The next edges to judge: several of any parents for the compiler, many of one parent for its tests."""
        batch: list[_Edge] = []
        while self._queue and len(batch) < self.limits.batch:
            likely = self._likely() if self._taken % self.limits.fair == self.limits.fair - 1 else None
            if likely is not None:
                self._take(likely, batch)
                continue
            _, item = heapq.heappop(self._queue)
            if not self._alive(item):
                continue
            if isinstance(item, Node):
                self._expand(item, self.propose(item))
                if self.most_late:
                    self._push(_Late(item, item.prior * self.most_late))
            elif isinstance(item, _Late):
                self._expand(item.parent, self.propose_late(item.parent))
            elif item.parent.tested:
                if batch:
                    self._push(item)
                    break
                self._take(item, batch)
                for _, other in sorted(self._queue, key=lambda entry: entry[0]):
                    if isinstance(other, _Edge) and other.parent is item.parent:
                        if len(batch) == self.limits.tested_batch:
                            break
                        self._take(other, batch)
                if batch:
                    break
            else:
                self._take(item, batch)
                if batch and self.checks == 0 and item.prior >= self.limits.likely:
                    break
        return batch

    def _take(self, edge: _Edge, batch: list[_Edge]) -> None:
        """Add ``edge`` to ``batch`` unless its tree was judged already; what is taken twice is a duplicate later."""
        if edge.tree.identity in self._seen:
            self.duplicates += 1
            return
        self._seen.add(edge.tree.identity)
        self._taken += not edge.parent.tested
        if not edge.parent.tested or self._permitted(edge.tree):
            batch.append(edge)

    def _likely(self) -> _Edge | None:
        """The likeliest edge beside the steps that lead to what is next, if it is likelier than that.

        A step that brings the program to a later phase of the compiler may be wrong all the same: the other answers to
        the same error would wait until everything behind it was tried.
        """
        item = self._queue[0][1]
        found: _Edge | None = None
        node = item.parent if isinstance(item, _Edge) and not item.parent.tested else None
        while node is not None and node.parent is not None and node.candidate is not None:
            beside = self._beside.get(
                (node.parent, -1 if node.candidate.diagnostic is None else node.candidate.diagnostic)
            )
            while beside and beside[0][3].tree.identity in self._seen:
                heapq.heappop(beside)
            if beside and beside[0][3].prior > (item if found is None else found).prior:
                found = beside[0][3]
            node = self.nodes[node.parent]
        return found

    def _permitted(self, tree: TreeState) -> bool:
        why = self.refuse(tree)
        if why is not None:
            self.refused.setdefault(why)
        return why is None

    def _expand(self, node: Node, candidates: Sequence[Candidate]) -> None:
        made = [self._edge(node, candidate) for candidate in candidates]
        # stable: equal priors keep their order; of equal trees the likeliest candidate stays
        ranked = sorted((edge for edge in made if edge is not None), key=lambda edge: (edge.stub, -edge.prior))
        edges: list[_Edge] = []
        own: set[str] = set()
        for edge in ranked:
            if edge.tree.identity in self._seen or edge.tree.identity in own:
                self.duplicates += 1
                continue
            own.add(edge.tree.identity)
            edges.append(edge)
        width = self.limits.tested_width if node.tested else self.limits.width
        for edge in edges[:width]:
            self._push(edge)

    def _edge(self, node: Node, candidate: Candidate) -> _Edge | None:
        try:
            tree = node.tree.replace(candidate.replacements, self.read)
        except (BadReplacement, LookupError) as error:
            self.note(f"{candidate.proposer}: {candidate.title!r} was dropped: {error}")
            return None
        if tree.identity == node.tree.identity:
            return None
        # Where tests judge there are hundreds of candidates, and few of them get their turn.
        if not node.tested and not self._permitted(tree):
            return None
        doubtful = not node.tested and self.doubtful(node, tree)
        prior = node.prior * candidate.prior * (0.1 if doubtful else 1.0)
        stub = node.stub or candidate.stub
        return _Edge(node, candidate, tree, prior, tree.lines(self.read), stub)

    def _judge(self, batch: list[_Edge]) -> list[Node]:
        """Check ``batch``; returns the nodes that solve it as far as its judge can tell."""
        parent, trees = batch[0].parent, [edge.tree for edge in batch]
        tested = parent.tested
        if tested:
            assert self.test is not None  # without it no node has failing tests
            verdicts = self.test(parent, trees)
        else:
            verdicts = self.check(trees)
        found = []
        for edge, verdict in zip(batch, verdicts, strict=True):
            if verdict is None:
                self._seen.discard(edge.tree.identity)
                self._push(edge)
                continue
            self.checks += 1
            self._since_progress[tested] += 1
            node = self._node(edge, verdict)
            if verdict.failure is None and node.verdict.distance < self._best.verdict.distance:
                self._best, self._since_progress[tested] = node, 0
            if verdict.solved:
                found.append(node)
            elif verdict.failure is None and node.depth < self.limits.depth and _promising(node, edge):
                self._push(node)
        return found

    def _node(self, edge: _Edge, verdict: Verdict) -> Node:
        parent = edge.parent
        if verdict.errors:
            known = (*parent.verdict.errors, *parent.verdict.hidden)
            verdict = replace(verdict, hidden=self.hidden(known, verdict.errors))
        node = Node(
            len(self.nodes), parent.number, edge.candidate, edge.tree, verdict, edge.prior, edge.lines,
            parent.depth + 1, edge.stub, late=parent.late,
        )  # fmt: skip
        node.standing = _standing(parent, verdict)
        if parent.tests is not None and verdict.failing is not None:
            node.tests = parent.tests.narrowed(verdict.failing)
        self.nodes.append(node)
        return node

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

    def _code(self, node: Node) -> str | None:
        """The error code that the last step of ``node`` answers."""
        index = None if node.candidate is None else node.candidate.diagnostic
        errors = () if node.parent is None else self.nodes[node.parent].verdict.errors
        return None if index is None or index >= len(errors) else errors[index].code

    def _report(self, fresh: list[Node]) -> JsonObject:
        return {
            "checked": [
                {
                    "node": node.number,
                    "parent": node.parent,
                    "title": node.candidate.title if node.candidate else "",
                    "proposer": node.candidate.proposer if node.candidate else "",
                    "code": self._code(node),
                    "tree": node.tree.identity,
                    "ok": node.verdict.ok,
                    "phase": node.verdict.phase,
                    "errors": node.verdict.distance.errors,
                    "failing": None if node.verdict.failing is None else len(node.verdict.failing),
                    "broken": len(node.verdict.broken),
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


def _said(node: Node) -> tuple[str, ...]:
    """What the last step of a node does: its title, and what it puts, which is indented as deep as the place is."""
    if node.candidate is None:
        return ()
    return (node.candidate.title, *(part.text for part in node.candidate.replacements))


def _standing(parent: Node, verdict: Verdict) -> Distance | None:
    """What a tree is ranked by whose errors all lie in crates that were not reached before: they were there already.

    Cargo checks no crate before those that it uses compile. Where every crate that had errors has none now, more errors
    in others are no step back; they are none forward either, since the change may have caused them. From there on the
    errors count from where the parent stands.
    """
    if verdict.failure is not None or verdict.hidden or verdict.phase != parent.verdict.phase:
        return None
    before = {error.unit for error in parent.verdict.errors}
    now = {error.unit for error in verdict.errors}
    if now and "" not in before | now and not before & now:
        return parent.distance if verdict.distance > parent.verdict.distance else None
    fewer = parent.verdict.distance.errors - len(verdict.errors)
    return None if parent.standing is None else parent.standing._replace(errors=parent.standing.errors - fewer)


def _promising(node: Node, edge: _Edge) -> bool:
    """A further step from ``node`` may help: where the tests judge, only if it mended one of them and broke none."""
    if not edge.parent.tested:
        return True
    return node.verdict.ok and not node.verdict.broken and node.verdict.distance < edge.parent.verdict.distance
