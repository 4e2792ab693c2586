"""Arms that a match lacks: E0004.

The compiler names the patterns that nothing covers. Each becomes an arm after the model of its siblings (the same path
to the variant, the same names, a body that speaks of the variant as theirs do), at its place in the declaration's order;
or it joins a sibling with ``|``; or the match gets a wildcard. At last a stub, marked as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rusta_schemas.diagnostic import Diagnostic, Span
from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.analogy import common, mentions, readings
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import insert, replace
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import ItemIndex, Variant
from rusta_cargo.repair.code.labels import all_spans, named
from rusta_cargo.repair.code.nodes import indent_at, indent_unit, node_at, text
from rusta_cargo.repair.code.values import Values
from rusta_cargo.repair.proposer import STUB, Candidate, Replacement, Situation

MOST = 10
_PATH = re.compile(r"(?:[A-Za-z_]\w*(?:<[^>]*>)?::)*[A-Z]\w*")
_NUMBER = re.compile(r"(\d)_[iu](?:8|16|32|64|128|size)\b")
# Bodies for the variants that everybody knows: (pattern, body, head of the result's type, how likely).
_WELL_KNOWN = {
    "None": (("None", "None", "Option", 0.4), ("None", "return None", None, 0.08), ("None", "{}", "()", 0.3)),
    "Some": (("Some(value)", "Some(value)", "Option", 0.3), ("Some(value)", "value", None, 0.2)),
    "Ok": (("Ok(value)", "Ok(value)", "Result", 0.3), ("Ok(value)", "value", None, 0.3), ("Ok(_)", "{}", "()", 0.3)),
    "Err": (("Err(e)", "Err(e)", "Result", 0.4), ("Err(e)", "Err(e.into())", "Result", 0.15),
            ("Err(_)", "None", "Option", 0.3), ("Err(e)", "return Err(e)", None, 0.15), ("Err(e)", "return Err(e.into())", None, 0.1), ("Err(_)", "{}", "()", 0.3)),
    "true": (), "false": (),
}  # fmt: skip


@dataclass(frozen=True)
class _Arm:
    pattern: str
    body: str
    weight: float
    stub: bool = False


@dataclass(frozen=True)
class _Sibling:
    node: Node
    pattern: str
    body: str
    variant: str
    plain: bool  # neither guard nor alternatives


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for matches that do not cover everything."""
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code != "E0004" or place is None:
            continue
        match = _match_at(situation, place)
        body = None if match is None else match.child_by_field_name("body")
        if match is None or body is None:
            continue
        work = _Work(situation, diagnostic, place, match, body)
        for title, parts, prior, stub in islice(work.answers(), MOST):
            risk = (STUB,) if stub else ()
            yield Candidate(
                title[:160],
                parts,
                min(0.9, prior),
                diagnostic=number,
                risk=risk,
                cites=("E0004",),
            )


def _match_at(situation: Situation, place: Span) -> Node | None:
    node: Node | None = node_at(situation.syntax(place.path), place.start, place.end)
    while node is not None:
        node = nodes.enclosing(node, "match_expression")
        value = None if node is None else node.child_by_field_name("value")
        if value is not None and value.start_byte <= place.start and place.end <= value.end_byte:
            return node
        node = None if node is None else node.parent
    return None


class _Work:
    """One match to complete."""

    def __init__(
        self, situation: Situation, diagnostic: Diagnostic, place: Span, match: Node, body: Node
    ) -> None:
        self.path, self.body, self.match = place.path, body, match
        self.source = situation.source(place.path)
        self.index = ItemIndex.of(situation)
        self.siblings = [self._sibling(arm) for arm in nodes.children(body, "match_arm")]
        told, more = named(diagnostic.message.rpartition(" not covered")[0])
        self.variants = self._uncovered(diagnostic)
        self.witnesses = [self._style(witness) for witness in told]
        if more and len(self.variants) == len(told) + more:
            self.witnesses = [self._style(_written(variant)) for variant in self.variants]
        self.complete = not more or len(self.witnesses) == len(told) + more
        self.values = Values(situation, place.path, place.start)
        self.types = Types(situation.syntax(place.path).root_node, self.index)
        self.result = self._result()

    def _sibling(self, arm: Node) -> _Sibling:
        pattern, value = arm.child_by_field_name("pattern"), arm.child_by_field_name("value")
        written = text(pattern)
        path = _PATH.search(written)
        plain = "|" not in written and (
            pattern is None or pattern.child_by_field_name("condition") is None
        )
        return _Sibling(
            arm, written, text(value), "" if path is None else path[0].rpartition("::")[2], plain
        )

    def _uncovered(self, diagnostic: Diagnostic) -> list[Variant]:
        found: list[Variant] = []
        for span in all_spans(diagnostic):
            if span.label == "not covered" and span.path in self.index.files:
                item = self.index.at(span.path, span.start, span.end)
                if isinstance(item, Variant) and item not in found:
                    found.append(item)
        return found

    def _style(self, witness: str) -> str:
        """A witness as the siblings would write it."""
        if not any(sibling.pattern.startswith("&") for sibling in self.siblings):
            witness = witness.lstrip("&")
        witness = _NUMBER.sub(r"\1", witness)
        for sibling in self.siblings:
            for path in _PATH.findall(sibling.pattern):
                head, _, last = path.rpartition("::")
                for own in self.index.named(last, Variant):
                    enum = "" if own.parent is None else own.parent.name
                    if enum:
                        prefix = f"{head}::" if head else ""
                        witness = re.sub(rf"(?<!\w)(?:\w+::)*{enum}::(?=\w)", prefix, witness)
        return witness

    def _result(self) -> str | None:
        """The type of the arms: of a sibling's body, else of the function when the match is its value."""
        for sibling in self.siblings:
            found = self.types.of(sibling.node.child_by_field_name("value"))
            if found is not None and "_" not in types.words(found):
                if found not in ("{integer}", "{float}"):
                    return found
        parent = self.match.parent
        block = (
            parent.parent
            if parent is not None and parent.type == "expression_statement"
            else parent
        )
        if block is not None and block.type == "block" and nodes.tail_of(block) == self.match:
            function = block.parent
            if function is not None and function.type == "function_item":
                kind = function.child_by_field_name("return_type")
                return "()" if kind is None else types.tidy(text(kind))
        if parent is not None and parent.type == "expression_statement":
            return "()"
        if any(sibling.body == "{}" for sibling in self.siblings):
            return "()"
        return next(
            (t for s in self.siblings if (t := self.types.of(s.node.child_by_field_name("value")))),
            None,
        )

    def answers(self) -> Iterator[tuple[str, tuple[Replacement, ...], float, bool]]:
        choices = [self._choices(witness) for witness in self.witnesses] if self.complete else []
        open_ended = any(re.search(r"\.\.|MAX|MIN|^_$|^\[", w) for w in self.witnesses)
        shared = self._shared()
        wild = [self._one([_Arm("_", body, weight)]) for body, weight in shared[:3]]
        own = []
        if choices and all(choices):
            own.append(self._one([choice[0] for choice in choices]))
            for rank in range(1, 4):
                for which, choice in enumerate(choices):
                    if rank < len(choice):
                        row = [
                            other[rank if at == which else 0] for at, other in enumerate(choices)
                        ]
                        own.append(self._one(row))
        joined = list(self._joined()) if self.complete and not open_ended else []
        found = [
            *own,
            *joined,
            *(
                (title, parts, prior * (1.0 if open_ended else 0.6), stub)
                for title, parts, prior, stub in wild
            ),
        ]
        yield from sorted(found, key=lambda answer: -answer[2])[: MOST - 1]
        stubs = (
            [_Arm(w, "todo!()", 0.02, True) for w in self.witnesses]
            if self.complete
            else [_Arm("_", "todo!()", 0.02, True)]
        )
        yield self._one(stubs)

    def _choices(self, witness: str) -> list[_Arm]:
        """Arms for one pattern, best first."""
        best: dict[tuple[str, str], float] = {}

        def offer(pattern: str, body: str, weight: float) -> None:
            best[pattern, body] = max(best.get((pattern, body), 0.0), weight)

        path = _PATH.search(witness)
        name = "" if path is None else path[0].rpartition("::")[2]
        alike = [
            s for s in self.siblings if s.plain and s.variant and self._same_shape(s, name, witness)
        ]
        votes: dict[tuple[str, str], int] = {}
        for sibling in alike:
            if mentions(sibling.variant, sibling.body) or _binds(sibling.pattern):
                for made in readings(sibling.variant, f"{sibling.pattern}\0{sibling.body}", name)[
                    :4
                ]:
                    pattern, _, body = made.partition("\0")
                    votes[pattern, body] = votes.get((pattern, body), 0) + 1
        for (pattern, body), count in votes.items():
            offer(pattern, body, 0.25 + 0.45 * count / max(1, len(alike)) * min(count, 3) / 3)
        for pattern, body, head, weight in _WELL_KNOWN.get(name, ()):
            if (
                head is None
                or (self.result is not None and types.head(self.result) == head)
                or head == self.result
            ):
                offer(pattern, body, weight)
        for body, weight in self._shared():
            offer(witness, body, weight)
        ordered = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
        return [_Arm(pattern, body, weight) for (pattern, body), weight in ordered]

    def _same_shape(self, sibling: _Sibling, name: str, witness: str) -> bool:
        """Its pattern fits the other variant when only the name is changed."""
        mine = next(iter(self.index.named(sibling.variant, Variant)), None)
        other = next((v for v in self.variants if v.name == name), None)
        if mine is None or other is None or mine.parent is not other.parent:
            return False
        if witness.count("(") > 1 or witness.startswith(("(", "[")):
            return False
        if mine.shape != other.shape or len(mine.fields) != len(other.fields):
            return (
                ".." in sibling.pattern
                and mine.shape == other.shape
                and not _binds(sibling.pattern)
            )
        return mine.shape != "named" or [f.name for f in mine.fields] == [
            f.name for f in other.fields
        ]

    def _shared(self) -> list[tuple[str, float]]:
        """Bodies that need nothing of the pattern: what siblings share, then empty values of the result's type."""
        best: dict[str, float] = {}
        bodies = [s.body for s in self.siblings if not _mentions_binding(s)]
        for body, count in common(bodies)[:3]:
            weight = 0.5 * count / len(self.siblings) if count > 1 else 0.12
            best[body] = weight
        if self.result == "()":
            best["{}"] = max(best.get("{}", 0.0), 0.4)
        elif self.result is not None and self.result not in ("!", "{integer}"):
            for offer in self.values.offers("", self.result):
                best.setdefault(offer.text, offer.weight * 0.6)
        else:
            best.setdefault("0", 0.1)
        return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))

    def _joined(self) -> Iterator[tuple[str, tuple[Replacement, ...], float, bool]]:
        """The patterns put beside those of a sibling that binds nothing."""
        extra = " | ".join(self.witnesses)
        for sibling in self.siblings:
            pattern = sibling.node.child_by_field_name("pattern")
            inner = (
                None if pattern is None or not pattern.named_children else pattern.named_children[0]
            )
            if inner is None or _binds(text(inner)) or not sibling.variant:
                continue
            prior = 0.4 if "|" in sibling.pattern else 0.15
            change = insert(self.path, inner.end_byte, f" | {extra}")
            yield f"let `{text(inner)}` cover `{extra}` too", (change,), prior, False

    def _one(self, arms: list[_Arm]) -> tuple[str, tuple[Replacement, ...], float, bool]:
        stub = any(arm.stub for arm in arms)
        shown = ", ".join(f"{arm.pattern} => {' '.join(arm.body.split())}" for arm in arms)
        parts = self._placed(arms)
        return (
            f"add the arm{'s' if len(arms) > 1 else ''} `{shown}`",
            parts,
            min(arm.weight for arm in arms),
            stub,
        )

    def _placed(self, arms: list[_Arm]) -> tuple[Replacement, ...]:
        if not self.siblings:
            indent = indent_at(self.source, self.match.start_byte)
            inner = indent + indent_unit(self.source)
            lines = "".join(f"{inner}{_line(arm)}\n" for arm in arms)
            return (
                replace(
                    self.path, self.body.start_byte, self.body.end_byte, f"{{\n{lines}{indent}}}"
                ),
            )
        groups: dict[int | None, list[_Arm]] = {}
        for arm in arms:
            groups.setdefault(self._before(arm), []).append(arm)
        return tuple(self._inserted(at, group) for at, group in groups.items())

    def _before(self, arm: _Arm) -> int | None:
        """The sibling in front of which the arm goes: the declaration's order, when the siblings keep it."""
        path = _PATH.search(arm.pattern)
        name = "" if path is None else path[0].rpartition("::")[2]
        variant = next((v for v in self.variants if v.name == name), None)
        enum = None if variant is None else variant.parent
        if enum is None:
            return None
        rank = {v.name: at for at, v in enumerate(getattr(enum, "variants", ()))}
        order = [rank.get(s.variant, len(rank)) for s in self.siblings]
        if order != sorted(order) or name not in rank:
            return None
        return next((at for at, place in enumerate(order) if place > rank[name]), None)

    def _inserted(self, at: int | None, arms: list[_Arm]) -> Replacement:
        first, last = self.siblings[0].node, self.siblings[-1].node
        lines = b"\n" in self.source[self.body.start_byte : first.start_byte]
        indent = indent_at(self.source, first.start_byte)
        gap = f"\n{indent}" if lines else " "
        if at is not None:
            place = self.siblings[at].node.start_byte
            return insert(self.path, place, "".join(f"{_line(arm)}{gap}" for arm in arms))
        closed = text(last).endswith((",", "}"))
        made = gap.join(_line(arm) for arm in arms)
        if not lines and not text(last).endswith(","):
            made = made.removesuffix(",")
        return insert(self.path, last.end_byte, f"{'' if closed else ','}{gap}{made}")


def _line(arm: _Arm) -> str:
    return f"{arm.pattern} => {arm.body}" + (
        "" if arm.body.endswith("}") and arm.body.startswith("{") else ","
    )


def _written(variant: Variant) -> str:
    owner = "" if variant.parent is None else f"{variant.parent.name}::"
    if variant.shape == "named":
        return f"{owner}{variant.name} {{ .. }}"
    fields = f"({', '.join('_' for _ in variant.fields)})" if variant.shape == "tuple" else ""
    return f"{owner}{variant.name}{fields}"


def _binds(pattern: str) -> bool:
    """A lower-case name stands in it."""
    return (
        re.search(
            r"(?<![\w:])(?!ref\b|mut\b|true\b|false\b|if\b)[a-z]\w*(?!\w|::)",
            re.sub(r'"[^"]*"', "", pattern),
        )
        is not None
    )


def _mentions_binding(sibling: _Sibling) -> bool:
    names = re.findall(r"(?<![\w:])[a-z]\w*", sibling.pattern)
    return any(re.search(rf"\b{name}\b", sibling.body) for name in names)
