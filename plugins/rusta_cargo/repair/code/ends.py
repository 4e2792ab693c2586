"""What may stand at the end of a block, and how it is written there."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.expression import Spot
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.values import Values
from rusta_cargo.repair.proposer import Replacement, Situation

_RESULTS = ("result", "res", "ret", "out", "output", "acc", "sum", "total")


def ends(
    situation: Situation, path: str, byte: int, here: Spot, last: Node | None, want: str
) -> Iterator[tuple[str, float]]:
    """Values for the end of a block, with how likely each is."""
    flat = types.tidy(want)
    head, given = types.head(flat), types.arguments(flat)
    unit = given[:1] == ["()"] and not types.is_reference(flat)
    if head == "Result" and (unit or (len(given) < 2 and not given)):
        yield "Ok(())", 0.9 if unit else 0.5
    if head == "Option" and unit:
        yield "Some(())", 0.85
    place = place_of(situation, here)
    seen = 0
    for binding, kind in here.types.visible(byte):
        if kind is None and binding.kind != "let":
            continue
        local = nodes.enclosing(binding.at, "block") == here.node
        built = binding.mutable or (last is not None and binding.at == last)
        liking = 1.0 if built and local else 0.6 if local else 0.45 if built else 0.25
        liking += 0.1 if binding.name in _RESULTS else 0.0
        if binding.name == "self":
            liking = 0.75 if types.head(kind or "") == types.head(flat) else 0.0
        if kind is None or kind == "_":
            yield binding.name, 0.3 * liking
        elif types.same(kind, flat):
            yield binding.name, min(0.9, 0.85 * liking)
        else:
            for form, weight in conversions(kind, flat, place)[:2]:
                if weight > 0.3:
                    yield form.put(binding.name), 0.7 * liking * weight
        seen += 1
        if seen > 12:
            break
    values = Values(situation, path, byte)
    inner = given[0] if head in ("Result", "Option") and given else flat
    around = nodes.function_of(here.node)
    own = "" if around is None else nodes.text(around.child_by_field_name("name"))
    for offer in values.empty(inner):
        if own and offer.text.endswith(f"::{own}()"):
            continue  # it would call itself for ever
        value = f"Ok({offer.text})" if head == "Result" else offer.text
        yield value, 0.5 * offer.weight
    if head == "Option":
        yield "None", 0.3
    elif flat == "!":
        yield "loop {}", 0.05


def appended(path: str, source: bytes, block: Node, last: Node | None, value: str) -> Replacement:
    """``value`` as the tail of a block, in the block's own layout."""
    closing = block.end_byte - 1
    if b"\n" not in source[block.start_byte : block.end_byte]:
        content = source[block.start_byte + 1 : closing]
        if not content.strip():
            return edits.replace(path, block.start_byte + 1, closing, f" {value} ")
        return edits.replace(path, block.start_byte + 1 + len(content.rstrip()), closing, f" {value} ")
    outer = nodes.indent_at(source, closing)
    indent = nodes.indent_at(source, last.start_byte) if last is not None else outer + nodes.indent_unit(source)
    if nodes.starts_line(source, closing):
        return edits.insert(path, nodes.line_start(source, closing), f"{indent}{value}\n")
    return edits.insert(path, closing, f"\n{indent}{value}\n{outer}")
