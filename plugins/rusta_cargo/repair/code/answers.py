"""The usual shape of a proposer: a table from error codes to functions that answer one diagnostic each.

What several errors ask for alike, such as another declaration of what all of them use, is one candidate, and each of
them makes it likelier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Level, Span

MOST = 12
# What each further error that asks for the same adds to the prior, and up to where.
CONFIRMED, SUREST = 0.15, 0.92


@dataclass(frozen=True)
class Answer:
    """A change to the tree with its prior; see :class:`Candidate`."""

    title: str
    parts: tuple[Replacement, ...]
    prior: float
    risk: tuple[str, ...] = ()


@dataclass
class Case:
    """One diagnostic of a situation with the file its primary span lies in. ``place`` is that span."""

    situation: Situation
    index: ItemIndex
    number: int
    diagnostic: Diagnostic
    place: Span
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = self.place.path

    @cached_property
    def source(self) -> bytes:
        return self.situation.source(self.path)

    @cached_property
    def root(self) -> Node:
        """The syntax tree of the file, macros unread."""
        return self.situation.syntax(self.path).root_node

    def seen(self, span: Span) -> Node:
        """The node at a span; inside the arguments of a macro they are read as expressions."""
        root = self.root if span.path == self.path else self.situation.syntax(span.path).root_node
        if self.in_macro(span):
            root = opened(self.situation.source(span.path), span.start, span.end)
        found = nodes.exact(root, span.start, span.end) or nodes.node_at(root, span.start, span.end)
        while found.type == "expression_statement" and len(found.named_children) == 1:
            found = found.named_children[0]
        return found

    def in_macro(self, span: Span) -> bool:
        root = self.root if span.path == self.path else self.situation.syntax(span.path).root_node
        return nodes.enclosing(nodes.node_at(root, span.start, span.end), "token_tree") is not None

    @cached_property
    def node(self) -> Node:
        """The node at the primary span."""
        return self.seen(self.place)

    @cached_property
    def function(self) -> Node | None:
        return nodes.function_of(nodes.node_at(self.root, self.place.start, self.place.end))

    @cached_property
    def item(self) -> Function | None:
        """The function around the primary span."""
        found = self.index.at(self.path, self.place.start, self.place.end)
        return found if isinstance(found, Function) else None

    def type_of(self, node: Node | None) -> str | None:
        """What can be read off an expression of this file."""
        if node is None:
            return None
        top = node
        while top.parent is not None:
            top = top.parent
        return Types(top, self.index).of(node)

    def spans(self, *needles: str) -> list[Span]:
        """The spans of the message itself that lie in the tree and whose label holds one of ``needles``."""
        return [
            span
            for span in self.diagnostic.spans
            if span.path in self.index.files and any(needle in (span.label or "") for needle in needles)
        ]

    def noted(self, *needles: str) -> list[Span]:
        """The spans of notes whose message or label holds one of ``needles`` and that lie in the tree."""
        return [
            span
            for note in self.diagnostic.notes
            for span in note.spans
            if span.path in self.index.files
            and any(needle in note.message or needle in (span.label or "") for needle in needles)
        ]


Answering = Callable[[Case], Iterator[Answer]]


def answering(
    table: Mapping[str | None, tuple[Answering, ...]], most: int = MOST
) -> Callable[[Situation], Iterator[Candidate]]:
    """The proposer of a table. Each diagnostic gets its ``most`` likeliest answers; outcomes are not repeated."""

    @distinct
    def propose(situation: Situation) -> Iterator[Candidate]:
        index: ItemIndex | None = None
        asking: dict[tuple[Replacement, ...], tuple[Answer, list[int]]] = {}
        for number, diagnostic in enumerate(situation.diagnostics):
            place = diagnostic.primary
            asked = table.get(diagnostic.code, ())
            if not asked or place is None or diagnostic.level is not Level.ERROR:
                continue
            index = index or ItemIndex.of(situation)
            if place.path not in index.files:
                continue
            case = Case(situation, index, number, diagnostic, place)
            found = [answer for answers in asked for answer in answers(case) if answer.parts]
            found.sort(key=lambda answer: -answer.prior)
            for answer in islice(found, most):
                known = asking.setdefault(answer.parts, (answer, []))
                if number not in known[1]:
                    known[1].append(number)
        for answer, numbers in asking.values():
            code = situation.diagnostics[numbers[0]].code
            prior = max(answer.prior, min(SUREST, answer.prior + CONFIRMED * (len(numbers) - 1)))
            yield Candidate(
                title=" ".join(answer.title.split())[:160],
                replacements=answer.parts,
                prior=max(0.01, min(0.97, prior)),
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                risk=answer.risk,
                cites=() if code is None else (code,),
            )

    return propose
