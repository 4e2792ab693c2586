"""Labels for the heads: kinds of syntax nodes, and examples from the recipes' triplets and questions."""

from __future__ import annotations

from collections.abc import Sequence

from rusta_cargo import parse, walk
from rusta_datasets import Question, Triplet
from rusta_hecate.heads.losses import Example

KINDS = (
    "source_file", "function_item", "struct_item", "enum_item", "impl_item", "trait_item", "use_declaration",
    "let_declaration", "block", "call_expression", "macro_invocation", "if_expression", "match_expression",
    "reference_expression", "reference_type", "generic_type", "type_identifier", "primitive_type", "identifier",
    "field_identifier", "lifetime", "string_literal", "string_content", "integer_literal", "line_comment",
    "attribute_item", "parameters", "mutable_specifier", "visibility_modifier", "token_tree", "ERROR",
)  # fmt: skip
_NUMBER = {kind: number for number, kind in enumerate(KINDS)}


def kinds_of(text: bytes) -> tuple[int, ...]:
    """For each byte the number in KINDS of the smallest node around it that is listed there; −1 if there is none."""
    found = [-1] * len(text)
    for node in walk(parse(text).root_node):  # outer nodes come before inner ones
        number = _NUMBER.get(node.type)
        if number is not None:
            found[node.start_byte : node.end_byte] = [number] * (node.end_byte - node.start_byte)
    return tuple(found)


def of_triplet(triplet: Triplet, tools: Sequence[str], around: int = 400) -> tuple[Example, Example]:
    """The mutated code (wrong, with the size of its fix and the tool that shows the error) and the original (right)."""
    first = max(0, triplet.start - around)
    cut = triplet.mutated[first : triplet.end + around]
    shift = len(triplet.fix) - (triplet.end - triplet.start)
    good = triplet.original[first : triplet.end + shift + around]
    action = tools.index("cargo_check") if "cargo_check" in tools else None
    wrong = Example(cut, action=action, kinds=kinds_of(cut), right=False, lines=triplet.lines)
    return wrong, Example(good, kinds=kinds_of(good), right=True, lines=0)


def of_question(question: Question, text: bytes) -> Example:
    """Anchored comprehension: the title, and the passages of the page it was asked about."""
    passages = tuple(text[start:end][:400] for _, start, end in question.passages)
    return Example(question.question.encode(), passages=passages, answer=question.answer)
