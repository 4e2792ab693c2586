"""What a program may ask of the values that are visible at a place: ``x.is_empty()``, ``self.closed``, ``at >= end``.

For guards and clauses that were forgotten: every question is small, typed, and about what is there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.mutating import Scene
from rusta_cargo.repair.code.scopes import Binding

_HELD = (
    "Vec", "String", "str", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque", "BinaryHeap", "slice",
)  # fmt: skip
_LISTS = ("Vec", "VecDeque", "slice", "String", "str")
_MOST_RELATED = 5
_VARIANTS = 5
# A name bound and not read yet was bound to be asked about.
_IDLE = 2.0


@dataclass(frozen=True)
class Question:
    """A condition, how usual it is to ask it, and whether turning it round is as usual."""

    text: str
    weight: float
    either: bool = False


def questions(scene: Scene, byte: int) -> list[Question]:
    """The questions at ``byte``, in the order of what is nearest, each once."""
    found: dict[str, Question] = {}
    body = scene.text(scene.body)
    visible = scene.types.visible(byte)
    for binding, kind in visible:
        idle = binding.name != "self" and len(re.findall(rf"\b{re.escape(binding.name)}\b", body)) <= _own(
            scene, binding
        )
        for question in _of(scene, binding.name, kind or "", 0):
            weight = question.weight * (_IDLE if idle else 1.0)
            found.setdefault(question.text, Question(question.text, weight, question.either))
    for question in _related(scene, visible):
        found.setdefault(question.text, question)
    return list(found.values())


def _own(scene: Scene, binding: Binding) -> int:
    """How often a name that nothing reads is written in the body."""
    return int(scene.body is not None and binding.start >= scene.body.start_byte)


def _of(scene: Scene, name: str, kind: str, depth: int) -> Iterator[Question]:
    bare = types.strip_references(kind)
    if depth == 0 and name == "self" and scene.body is not None:
        bare = scene.types.spelled("Self", scene.body)
    place = f"*{name}" if depth == 0 and types.is_reference(kind) else name
    if bare in types.INTEGERS or bare == "{integer}":
        yield Question(f"{place} == 0", 0.3, either=True)
    elif bare in types.FLOATS:
        yield Question(f"{place} == 0.0", 0.15)
    elif bare == "bool":
        yield Question(place, 0.3, either=True)
    elif types.head(bare) in _HELD or bare.startswith("["):
        yield Question(f"{name}.is_empty()", 0.3, either=True)
    elif types.head(bare) == "Option":
        yield Question(f"{name}.is_none()", 0.12)
        yield Question(f"{name}.is_some()", 0.12)
    enum = scene.index.enum(bare)
    for variant in () if enum is None or name == "self" else enum.variants[:_VARIANTS]:
        if variant.shape == "unit":
            yield Question(f"{name} == {types.head(bare)}::{variant.name}", 0.1, either=True)
    struct = scene.index.struct(bare)
    if depth == 0:
        for field in () if struct is None else struct.fields:
            for question in _of(scene, f"{name}.{field.name}", types.tidy(field.type.text), 1):
                yield Question(question.text, question.weight * 0.7, question.either)
        for method in scene.index.methods(bare):
            if _asks(method) and method != scene.function:
                yield Question(f"{name}.{method.name}()", 0.2, either=True)


def _asks(method: Function) -> bool:
    """``is_open(&self) -> bool`` and its like."""
    return (
        method.receiver is not None
        and not method.parameters
        and method.returns is not None
        and method.returns.text == "bool"
    )


def _related(scene: Scene, visible: list[tuple[Binding, str | None]]) -> Iterator[Question]:
    """``start >= all.len()``, ``low > high``, ``self.done.len() == self.limit``."""
    numbers: list[str] = []
    lengths: list[str] = []
    for binding, kind in visible:
        bare = types.strip_references(kind or "")
        if bare in types.INTEGERS or bare == "{integer}":
            numbers.append(f"*{binding.name}" if types.is_reference(kind or "") else binding.name)
        elif types.head(bare) in _LISTS or bare.startswith("["):
            lengths.append(f"{binding.name}.len()")
        own = scene.types.spelled("Self", scene.body) if binding.name == "self" and scene.body is not None else bare
        struct = scene.index.struct(own) if binding.name == "self" else None
        for field in () if struct is None else struct.fields:
            if types.tidy(field.type.text) in ("usize", "u32", "u64", "i32", "i64"):
                numbers.append(f"self.{field.name}")
            elif types.head(field.type.text) in _LISTS:
                lengths.append(f"self.{field.name}.len()")
    for number in numbers[:_MOST_RELATED]:
        for length in lengths[:3]:
            yield Question(f"{number} >= {length}", 0.2)
            yield Question(f"{length} == {number}", 0.12)
            yield Question(f"{number} > {length}", 0.08)
    for one, other in itertools.combinations(numbers[:_MOST_RELATED], 2):
        for sign, weight in ((">", 0.1), ("<", 0.1), ("==", 0.08), (">=", 0.08)):
            yield Question(f"{one} {sign} {other}", weight)
