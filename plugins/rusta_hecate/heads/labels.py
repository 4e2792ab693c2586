"""Labels for the heads, all from real texts: syntax trees, recipes' triplets, titled passages, logged actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rusta_cargo import parse, walk
from rusta_datasets import Question, Triplet
from rusta_schemas.action import Action
from rusta_schemas.wire import print_action

KINDS = (
    "source_file", "function_item", "struct_item", "enum_item", "impl_item", "trait_item", "use_declaration",
    "let_declaration", "block", "call_expression", "macro_invocation", "if_expression", "match_expression",
    "reference_expression", "reference_type", "generic_type", "type_identifier", "primitive_type", "identifier",
    "field_identifier", "lifetime", "string_literal", "string_content", "integer_literal", "line_comment",
    "attribute_item", "parameters", "mutable_specifier", "visibility_modifier", "token_tree", "ERROR",
)  # fmt: skip
_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
_LONGEST_LINE, _LONGEST_PASSAGE = 120, 400


@dataclass(frozen=True)
class Example:
    """One text with what is known of it.

    passages, answer: texts of which one is to be cited. action: the tool that comes next. kinds: of the syntax node at
    each byte, −1 where unknown. right: whether the text is free of mistakes. lines: that the smallest fix touches.
    """

    text: bytes
    passages: tuple[bytes, ...] = ()
    answer: int | None = None
    action: int | None = None
    kinds: tuple[int, ...] | None = None
    right: bool | None = None
    lines: int | None = None


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
    passages = tuple(text[start:end][:_LONGEST_PASSAGE] for _, start, end in question.passages)
    return Example(question.question.encode(), passages=passages, answer=question.answer)


def verbs_of(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """The verbs of an episode's actions, in the order of its log."""
    return [entry["data"]["action"]["verb"] for entry in entries if entry["kind"] == "started"]


def of_episode(entries: Iterable[Mapping[str, Any]], tools: Sequence[str], around: int = 400) -> list[Example]:
    """What an episode did after what it knew: for each of its actions the end of the log before it, as lines.

    An action is a line ``::act …``, its outcome ``::obs VERB ok`` or what failed, a move of the machine ``::to STATE``;
    long lines are cut. Actions with verbs that are not among ``tools`` have no label and are only read.
    """
    found: list[Example] = []
    text, verb = b"::to sense\n", ""
    for entry in entries:
        data = entry["data"]
        if entry["kind"] == "started":
            action = Action(verb=data["action"]["verb"], args=data["action"]["args"])
            verb = action.verb
            if verb in tools:
                found.append(Example(text[-around:], action=tools.index(verb)))
            text += _line(print_action(action))
        elif entry["kind"] == "done":
            status = (data.get("output") or {}).get("status", "kept apart")
            text += _line(f"::obs {verb} {status}")
        elif entry["kind"] == "transition":
            text += _line(f"::to {data['target']}")
    return found


def _line(text: str) -> bytes:
    return text.encode()[:_LONGEST_LINE] + b"\n"
