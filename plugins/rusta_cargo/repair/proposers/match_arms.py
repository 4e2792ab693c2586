"""Arms that a match lacks: E0004.

The compiler names the patterns that nothing covers. Each becomes an arm after the model of its siblings (the same path
to the variant, the same names, a body that speaks of the variant as theirs do), at its place in the
declaration's order; or it joins a sibling with ``|``; or the match gets a wildcard. What the siblings do not agree on is
marked as a guess. At last a stub, marked as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.analogy import common, mentions, readings
from rusta_cargo.repair.code.arm_texts import renamed_binding, shortened, texts_for
from rusta_cargo.repair.code.arms import (
    NUMBER,
    PATH,
    WELL_KNOWN,
    Arm,
    Sibling,
    binds,
    line_of,
    pattern_for,
    sibling_of,
    uses_binding,
)
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import insert, replace
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import ItemIndex, Variant
from rusta_cargo.repair.code.labels import all_spans, named
from rusta_cargo.repair.code.nodes import indent_at, indent_unit, node_at, text
from rusta_cargo.repair.code.operator_words import spoken_as
from rusta_cargo.repair.code.values import Values
from rusta_cargo.repair.proposer import GUESS, STUB, Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

MOST = 10
_FIELDS = re.compile(r"\{[^{}]*\}")

Answer = tuple[str, tuple[Replacement, ...], float, tuple[str, ...]]


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
        for title, parts, prior, risk in islice(work.answers(), MOST):
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


def _weighed(answer: Answer, factor: float) -> Answer:
    title, parts, prior, risk = answer
    return title, parts, prior * factor, risk


class _Work:
    """One match to complete."""

    def __init__(self, situation: Situation, diagnostic: Diagnostic, place: Span, match: Node, body: Node) -> None:
        self.path, self.body, self.match = place.path, body, match
        self.source = situation.source(place.path)
        self.index = ItemIndex.of(situation)
        self.root = situation.syntax(place.path).root_node
        self.siblings = [sibling_of(arm) for arm in nodes.children(body, "match_arm")]
        told, more = named(diagnostic.message.rpartition(" not covered")[0])
        self.variants = self._uncovered(diagnostic)
        self.witnesses = [self._style(witness) for witness in told]
        if more and len(self.variants) == len(told) + more:
            self.witnesses = [self._style(pattern_for(variant)) for variant in self.variants]
        self.complete = not more or len(self.witnesses) == len(told) + more
        self.values = Values(situation, place.path, place.start)
        self.types = Types(self.root, self.index)
        self.result = self._result()
        function = nodes.callable_of(match)
        returned = None if function is None else function.child_by_field_name("return_type")
        self.leaves = None if returned is None else types.tidy(text(returned))

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
        witness = NUMBER.sub(r"\1", witness)
        for sibling in self.siblings:
            for path in PATH.findall(sibling.pattern):
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
            unclear = found is None or found in ("{integer}", "{float}") or "_" in types.words(found)
            if not unclear:
                return found
        parent = self.match.parent
        block = parent.parent if parent is not None and parent.type == "expression_statement" else parent
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

    def answers(self) -> Iterator[Answer]:
        choices = [self._choices(witness) for witness in self.witnesses] if self.complete else []
        open_ended = any(re.search(r"\.\.|MAX|MIN|^_$|^\[", _FIELDS.sub("", w)) for w in self.witnesses)
        shared = self._shared()
        wild = [self._one([self._taken("_", body, weight)]) for body, weight in shared[:3]]
        own = []
        if choices and all(choices):
            own.append(self._one([choice[0] for choice in choices]))
            for rank in range(1, 4):
                for which, choice in enumerate(choices):
                    if rank < len(choice):
                        row = [other[rank if at == which else 0] for at, other in enumerate(choices)]
                        own.append(self._one(row))
        joined = list(self._joined()) if self.complete and not open_ended else []
        found = [
            *(_weighed(answer, 0.6 if open_ended else 1.0) for answer in own),
            *joined,
            *(_weighed(answer, 1.0 if open_ended else 0.45 if len(self.witnesses) == 1 else 0.6) for answer in wild),
        ]
        yield from sorted(found, key=lambda answer: -answer[2])[: MOST - 1]
        stubs = (
            [Arm(w, "todo!()", 0.02, True) for w in self.witnesses]
            if self.complete
            else [Arm("_", "todo!()", 0.02, True)]
        )
        yield self._one(stubs)

    def _choices(self, witness: str) -> list[Arm]:
        """Arms for one pattern, best first."""
        best: dict[tuple[str, str], Arm] = {}

        def offer(arm: Arm) -> None:
            known = best.get((arm.pattern, arm.body))
            if known is None or arm.weight > known.weight:
                best[arm.pattern, arm.body] = arm

        path = PATH.match(witness.lstrip("&"))
        name = "" if path is None else path[0].rpartition("::")[2]
        for pattern, body, weight in self._after_siblings(witness, name):
            offer(Arm(pattern, body, weight))
        for pattern, body, head, weight in WELL_KNOWN.get(name, ()):
            wanted = self.leaves if body.startswith("return ") else self.result
            if head in (None, wanted) or (wanted is not None and types.head(wanted) == head):
                offer(Arm(pattern, body, weight))
        for body, weight in self._shared():
            offer(self._taken(witness, body, weight))
        plain = PATH.sub("", witness).strip("&")
        whole = (
            next((v for v in self.variants if v.name == name), None) if not re.search(r"[A-Za-z0-9]", plain) else None
        )
        for pattern, body, weight in () if whole is None else texts_for(whole, self.siblings, self.index):
            offer(Arm(pattern, body, weight, guess=True))
        return sorted(best.values(), key=lambda arm: (-arm.weight, arm.pattern, arm.body))

    def _taken(self, pattern: str, body: str, weight: float) -> Arm:
        """An arm with a body that siblings have: a guess, unless most of them have it."""
        same = sum(sibling.body == body for sibling in self.siblings)
        return Arm(pattern, body, weight, guess=same < 2 or 2 * same < len(self.siblings))

    def _after_siblings(self, witness: str, name: str) -> Iterator[tuple[str, str, float]]:
        """Arms made after those of other variants that have the same shape."""
        alike = [s for s in self.siblings if s.plain and s.variant and self._same_shape(s, name, witness)]
        votes: dict[tuple[str, str], float] = {}
        for sibling in alike:
            computed = spoken_as(sibling.body, sibling.variant, name)
            if computed is not None:
                pattern = sibling.pattern.replace(sibling.variant, name)
                votes[pattern, computed] = votes.get((pattern, computed), 0.0) + 1
                continue
            start = shortened(sibling, name)
            if start is not None and all(start != other.body for other in self.siblings):
                pattern = sibling.pattern.replace(sibling.variant, name)
                votes[pattern, start] = votes.get((pattern, start), 0.0) + 1
                continue
            if not mentions(sibling.variant, sibling.body) and not binds(sibling.pattern):
                continue
            # what it says of a value of another kind without naming the variant will hardly fit
            fits = 1.0 if mentions(sibling.variant, sibling.body) or self._same_types(sibling.variant, name) else 0.6
            made = readings(sibling.variant, f"{sibling.pattern}\0{sibling.body}", name)[:4]
            for rank, reading in enumerate(made):
                pattern, _, body = reading.partition("\0")
                pattern, body = self._rebound(pattern, body, sibling.variant, name)
                votes[pattern, body] = votes.get((pattern, body), 0.0) + fits - 0.03 * rank
        for (pattern, body), count in votes.items():
            share = count / len(alike)
            yield pattern, body, 0.25 + 0.45 * share * (0.5 + 0.5 * min(count, 3) / 3)

    def _same_shape(self, sibling: Sibling, name: str, witness: str) -> bool:
        """Its pattern fits the other variant when only the name is changed."""
        mine, other = self._beside(sibling.variant, name)
        if mine is None or other is None:
            return False
        if witness.count("(") > 1 or witness.startswith(("(", "[")):
            return False
        if mine.shape != other.shape or len(mine.fields) != len(other.fields):
            return ".." in sibling.pattern and mine.shape == other.shape and not binds(sibling.pattern)
        return mine.shape != "named" or [f.name for f in mine.fields] == [f.name for f in other.fields]

    def _beside(self, sibling: str, name: str) -> tuple[Variant | None, Variant | None]:
        """Two variants of one enum."""
        other = next((v for v in self.variants if v.name == name), None)
        own = (v for v in self.index.named(sibling, Variant) if other is not None and v.parent is other.parent)
        return next(own, None), other

    def _same_types(self, sibling: str, name: str) -> bool:
        mine, other = self._beside(sibling, name)
        fields = () if mine is None or other is None else zip(mine.fields, other.fields, strict=False)
        return all(types.same(one.type.text, two.type.text) for one, two in fields)

    def _rebound(self, pattern: str, body: str, sibling: str, name: str) -> tuple[str, str]:
        mine, other = self._beside(sibling, name)
        if mine is None or other is None:
            return pattern, body
        return renamed_binding(pattern, body, mine, other, self.siblings, self.index)

    def _shared(self) -> list[tuple[str, float]]:
        """Bodies that need nothing of the pattern: what siblings share, then empty values of the result's type."""
        best: dict[str, float] = {}
        bodies = [s.body for s in self.siblings if not uses_binding(s)]
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

    def _joined(self) -> Iterator[Answer]:
        """The patterns put beside those of a sibling that binds nothing."""
        extra = " | ".join(self.witnesses)
        for sibling in self.siblings:
            pattern = sibling.node.child_by_field_name("pattern")
            inner = None if pattern is None or not pattern.named_children else pattern.named_children[0]
            guarded = pattern is not None and pattern.child_by_field_name("condition") is not None
            if inner is None or guarded or binds(text(inner)) or not sibling.variant:
                continue  # an arm with a guard covers nothing for sure
            prior = 0.4 if "|" in sibling.pattern else 0.15
            change = insert(self.path, inner.end_byte, f" | {extra}")
            yield f"let `{text(inner)}` cover `{extra}` too", (change,), prior, (GUESS,)

    def _one(self, arms: list[Arm]) -> Answer:
        stub, guess = any(arm.stub for arm in arms), any(arm.guess for arm in arms)
        shown = ", ".join(f"{arm.pattern} => {' '.join(arm.body.split())}" for arm in arms)
        parts = self._placed(arms)
        return (
            f"add the arm{'s' if len(arms) > 1 else ''} `{shown}`",
            parts,
            min(arm.weight for arm in arms),
            (STUB,) if stub else (GUESS,) if guess else (),
        )

    def _placed(self, arms: list[Arm]) -> tuple[Replacement, ...]:
        if not self.siblings:
            indent = indent_at(self.source, self.match.start_byte)
            inner = indent + indent_unit(self.source)
            lines = "".join(f"{inner}{line_of(arm)}\n" for arm in arms)
            return (replace(self.path, self.body.start_byte, self.body.end_byte, f"{{\n{lines}{indent}}}"),)
        groups: dict[int | None, list[Arm]] = {}
        for arm in arms:
            groups.setdefault(self._before(arm), []).append(arm)
        return tuple(self._inserted(at, group) for at, group in groups.items())

    def _before(self, arm: Arm) -> int | None:
        """The sibling in front of which the arm goes: the order of the declaration, or of another match of the file over
        the same patterns, when the siblings keep it."""
        path = PATH.search(arm.pattern)
        name = "" if path is None else path[0].rpartition("::")[2]
        variant = next((v for v in self.variants if v.name == name), None)
        enum = None if variant is None else variant.parent
        declared = [v.name for v in getattr(enum, "variants", ())] if enum is not None else self._ordered(name)
        rank = {variant: at for at, variant in enumerate(declared)}
        order = [rank.get(s.variant, len(rank)) for s in self.siblings]
        if order != sorted(order) or name not in rank:
            return None
        return next((at for at, place in enumerate(order) if place > rank[name]), None)

    def _ordered(self, name: str) -> list[str]:
        """The variants of another match of the file that tells the same ones apart."""
        mine = {sibling.variant for sibling in self.siblings}
        for body in nodes.every(self.root, "match_block"):
            theirs = [sibling_of(arm).variant for arm in body.named_children if arm.type == "match_arm"]
            if body != self.body and name in theirs and mine <= set(theirs):
                return list(dict.fromkeys(theirs))
        return []

    def _inserted(self, at: int | None, arms: list[Arm]) -> Replacement:
        first, last = self.siblings[0].node, self.siblings[-1].node
        lines = b"\n" in self.source[self.body.start_byte : first.start_byte]
        indent = indent_at(self.source, first.start_byte)
        gap = f"\n{indent}" if lines else " "
        if at is not None:
            place = self.siblings[at].node.start_byte
            return insert(self.path, place, "".join(f"{line_of(arm)}{gap}" for arm in arms))
        closed = text(last).endswith((",", "}"))
        made = gap.join(line_of(arm) for arm in arms)
        if not lines:
            made = made.removesuffix(",")
        return insert(self.path, last.end_byte, f"{'' if closed else ','}{gap}{made}")
