"""Values that cannot be shown as the format string asks: E0277 about ``Display`` and ``Debug``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    ItemIndex,
)
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_BOUND = re.compile(
    r"the trait bound `(?P<type>.+?): (?P<trait>[^`]+)` is not satisfied"
    r"|`(?P<kind>.+)` doesn't implement `(?P<has>[^`]+)`"
)
# Text that may be missing, as the text or none.
_OPTIONAL = {
    "Option<String>": ".as_deref().unwrap_or_default()",
    "Option<&str>": ".unwrap_or_default()",
    "Option<&String>": ".map(String::as_str).unwrap_or_default()",
}


def _shown(situation: Situation, _index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``{}`` for a type that only has ``Debug``, and the reverse."""
    told = _BOUND.search(diagnostic.message)
    place = diagnostic.primary
    if told is None or place is None or types.head(told["trait"] or told["has"]) not in ("Display", "Debug"):
        return
    display = types.head(told["trait"] or told["has"]) == "Display"
    source = situation.source(place.path)
    shown = source[place.start : place.end].decode("utf-8", "replace")
    if shown.startswith("{"):
        new = "{" + (shown[1:-1].partition(":")[0] + (":?" if display else "")) + "}"
        if new != shown:
            yield (
                f"show it with `{new}`",
                (edits.replace(place.path, place.start, place.end, new),),
                0.55,
            )
        return
    text = _OPTIONAL.get(types.unqualified(types.strip_references(told["type"] or told["kind"])))
    if display and text is not None and re.fullmatch(r"[\w.]+", shown):
        change = edits.insert(place.path, place.end, text)
        yield "show nothing where there is nothing", (change,), 0.6
    root = situation.syntax(place.path).root_node
    macro = nodes.enclosing(nodes.node_at(root, place.start, place.end), "macro_invocation")
    tokens = nodes.child(macro, "token_tree")
    literal = None if tokens is None else next((t for t in tokens.children if t.type == "string_literal"), None)
    if tokens is None or literal is None or literal.end_byte > place.start:
        return
    at = sum(1 for part in tokens.children if part.type == "," and part.start_byte < place.start) - (
        sum(1 for part in tokens.children if part.type == "," and part.start_byte < literal.start_byte) + 1
    )
    holes = [
        m for m in re.finditer(rb"\{\{|\{[^{}]*\}", source[literal.start_byte : literal.end_byte]) if m[0] != b"{{"
    ]
    plain = [m for m in holes if re.fullmatch(rb"\{(?::[^}]*)?\}", m[0])]
    if 0 <= at < len(plain):
        start = literal.start_byte + plain[at].start()
        old = plain[at][0].decode()
        new = "{:?}" if display and old == "{}" else old[:-1] + "?}" if display else "{}"
        yield (
            f"show it with `{new}`",
            (edits.replace(place.path, start, start + len(old), new),),
            0.55,
        )


_READERS: dict[str, tuple[Reader, ...]] = {"E0277": (_shown,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates that change how a value is shown."""
    yield from gathered(situation, _READERS)
