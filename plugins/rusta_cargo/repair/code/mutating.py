"""Small changes of suspected functions, ranked: how suspicious the place, how usual the slip, what the tests say.

A proposer of behaviour is a function from a :class:`Scene` (one suspected function or constant) to changes;
:func:`ranked` makes candidates of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.assertions import Evidence, evidence_of
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.code.neglected import Neglected, neglected
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.suspects import Suspect, suspects
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_cargo.repair.syntax import parse, walk

MOST_SUSPECTS = 32
MOST_OFFERED = 160
HERE, ELSEWHERE = 2.0, 0.7  # on the line of the panic, and elsewhere in a function that has one
PASSED = 0.3  # what changes every result of a function that passing tests reach
# What uses a thing that nothing else uses: how much nearer its share comes to all, and how much likelier it is at least.
TOLD, UNUSED = 0.5, 2.0
_SURE = 0.9
_OPENED = 3
_FREE = ("quote", "macro_rules", "concat", "stringify", "include_str", "env", "cfg", "thread_local")
_NESTED = ("macro_definition", "attribute_item", "inner_attribute_item")


@dataclass(frozen=True)
class Change:
    """One change of a function. ``family`` is its kind in data/behaviour.toml, ``weight`` how usual the slip is.

    ``parts``: (start, end, new text). ``at`` is the byte it is about. ``cites``: documentation keys. ``always``: every
    result of the function becomes another one. ``told``: the program or the test itself says that such a thing is missing.
    """

    family: str
    title: str
    parts: tuple[tuple[int, int, str], ...]
    weight: float
    at: int
    cites: tuple[str, ...] = ()
    risk: tuple[str, ...] = ()
    always: bool = False
    told: bool = False


@dataclass(frozen=True)
class Scene:
    """A suspect with its text. ``root`` is the file's tree, in which macros of the suspect are read as expressions."""

    situation: Situation
    suspect: Suspect
    index: ItemIndex
    evidence: Evidence
    source: bytes
    root: Node

    @property
    def path(self) -> str:
        return self.suspect.item.path

    @property
    def function(self) -> Function | None:
        item = self.suspect.item
        return item if isinstance(item, Function) else None

    @cached_property
    def body(self) -> Node | None:
        """The function's block, or the constant's value."""
        item = self.suspect.item
        piece = item.body if isinstance(item, Function) else item.value
        if piece is None:
            return None
        return nodes.exact(self.root, piece.start, piece.end)

    @cached_property
    def types(self) -> Types:
        return Types(self.root, self.index)

    @cached_property
    def returns(self) -> str:
        """The function's return type, ``Self`` written out."""
        function = self.function
        if function is None or function.returns is None or self.body is None:
            return "()"
        return self.types.spelled(function.returns.text, self.body)

    @cached_property
    def neglected(self) -> Neglected:
        """What the function leaves unused."""
        function = None if self.body is None else nodes.around(self.body, "function_item")
        struct = None
        if self.function is not None and self.function.receiver is not None and self.body is not None:
            struct = self.index.struct(self.types.spelled("Self", self.body))
        fields = () if struct is None else tuple(field.name for field in struct.fields)
        # What is private is written to where it is declared; others of the name in other files say nothing of it.
        near = () if struct is None else dict.fromkeys((self.path, struct.path))
        sources = [self.situation.source(path) for path in near]
        return neglected(function, fields, sources)

    def nodes(self, *kinds: str) -> Iterator[Node]:
        """The nodes of these kinds in the body, attributes and macros' own rules left out."""
        if self.body is None:
            return
        for node in nodes.below(self.body, kinds, into=_NESTED):
            if not node.is_missing and not node.has_error:
                yield node

    def text(self, node: Node | None) -> str:
        """The text of a node as the file has it (the tree may have blanks where a macro's name stands)."""
        if node is None:
            return ""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line(self, byte: int) -> int:
        return self.source.count(b"\n", 0, byte) + 1


Find = Callable[[Scene], Iterator[Change]]


def ranked(situation: Situation, find: Find, share: float = 1.0) -> Iterator[Candidate]:
    """The likeliest candidates that ``find`` has for the suspects of the failing tests.

    ``share``: how usual what it looks for is among all slips; what is tried first costs every repair its time.
    """
    evidence = evidence_of(situation)
    offers: list[tuple[float, str, Change]] = []
    for scene in scenes(situation, evidence):
        for change in find(scene):
            if not _changes(scene.source, change):
                continue
            told = change.told or any(scene.neglected.speaks_for(_text(scene, a, b), new) for a, b, new in change.parts)
            usual = share * (share**-TOLD if share < 1 else UNUSED) if told else share
            prior = scene.suspect.score * change.weight * evidence.favour(change.family) * usual
            if scene.suspect.line is not None:
                prior *= HERE if scene.line(change.at) == scene.suspect.line else ELSEWHERE
            if change.always and scene.suspect.passed:
                prior *= PASSED
            offers.append((min(_SURE, prior), scene.path, change))
    offers.sort(key=lambda offer: -offer[0])  # stable: equals keep the order of the text
    seen: set[tuple[str, tuple[tuple[int, int, str], ...]]] = set()
    for prior, path, change in offers:
        if (path, change.parts) in seen:
            continue
        seen.add((path, change.parts))
        parts = tuple(Replacement(path=path, start=start, end=end, text=new) for start, end, new in change.parts)
        yield Candidate(change.title, parts, prior, risk=change.risk, cites=change.cites)
        if len(seen) == MOST_OFFERED:
            return


def _text(scene: Scene, start: int, end: int) -> str:
    return scene.source[start:end].decode("utf-8", "replace")


def scenes(situation: Situation, evidence: Evidence) -> Iterator[Scene]:
    """The suspects with their texts."""
    if not situation.tests:
        return
    index = ItemIndex.of(situation)
    for suspect in suspects(situation)[:MOST_SUSPECTS]:
        try:
            source = situation.source(suspect.item.path)
        except LookupError:
            continue
        root = _opened(source, suspect.item.start, suspect.item.end)
        yield Scene(situation, suspect, index, evidence, source, root)


def _opened(source: bytes, start: int, end: int) -> Node:
    """The tree of ``source`` with the macros between two bytes read as tuples or lists, where that parses."""
    current = source
    for _ in range(_OPENED):
        root = parse(current).root_node
        text_now = bytearray(current)
        for macro in _macros(root, start, end):
            tokens = nodes.child(macro, "token_tree")
            if tokens is None or text(tokens)[:1] == "{":
                continue
            blank = re.sub(rb"[^\n]", b" ", current[macro.start_byte : tokens.start_byte])
            trial = bytes(current[: macro.start_byte] + blank + current[tokens.start_byte :])
            around = parse(trial).root_node.descendant_for_byte_range(tokens.start_byte, tokens.end_byte)
            if around is None or around.has_error:
                continue
            text_now[macro.start_byte : tokens.start_byte] = blank
        if bytes(text_now) == current:
            break
        current = bytes(text_now)
    return parse(current).root_node


def _macros(root: Node, start: int, end: int) -> list[Node]:
    around = root.descendant_for_byte_range(start, end)
    found = []
    for node in walk(around) if around is not None else ():
        if node.type == "macro_invocation" and start <= node.start_byte and node.end_byte <= end:
            name = text(node.child_by_field_name("macro")).rpartition("::")[2]
            if name not in _FREE:
                found.append(node)
    return found


def _changes(source: bytes, change: Change) -> bool:
    return any(source[start:end] != new.encode() for start, end, new in change.parts)


def begin_of(scene: Scene, node: Node) -> int:
    """Where a statement begins in the file: at the name of the macro, where the tree has blanks for it."""
    before = node.prev_sibling
    start = node.start_byte if before is None else before.end_byte
    while start < node.start_byte and scene.source[start : start + 1].isspace():
        start += 1
    return start


def replaced(node: Node, new: str) -> tuple[tuple[int, int, str], ...]:
    return ((node.start_byte, node.end_byte, new),)


def swapped(scene: Scene, left: Node, right: Node) -> tuple[tuple[int, int, str], ...]:
    """The texts of two places exchanged."""
    return (
        (left.start_byte, left.end_byte, scene.text(right)),
        (right.start_byte, right.end_byte, scene.text(left)),
    )


def short(written: str, most: int = 40) -> str:
    """``written`` on one line, for titles."""
    flat = " ".join(written.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def operands(node: Node) -> tuple[Node, Node, Node] | None:
    """(left, operator, right) of a binary or compound expression."""
    left, operator, right = (node.child_by_field_name(f) for f in ("left", "operator", "right"))
    if left is None or operator is None or right is None:
        return None
    return left, operator, right


def inside(node: Node, kinds: Collection[str], until: Sequence[str] = ("function_item",)) -> bool:
    """``node`` stands in a node of one of ``kinds``."""
    for around in nodes.ancestors(node):
        if around != node and around.type in kinds:
            return True
        if around.type in until:
            return False
    return False
