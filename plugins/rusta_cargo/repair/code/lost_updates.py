"""Statements that may have been lost at a place: what is cleared, taken off, moved on or brought up to date there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.mutating import Scene
from rusta_cargo.repair.code.scopes import Binding

_LISTS = ("Vec", "VecDeque", "String", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "BinaryHeap")
_POPPED = ("Vec", "String", "BinaryHeap")
_KEPT = ("HashSet", "BTreeSet")
_IDLE, _COMPARED, _OF_RESET = 2.5, 2.5, 2.5
_RESETTING = re.compile(r"clear|reset|empty|drop|stop|close|record|start|begin")
_MOST_VALUES = 8


@dataclass(frozen=True)
class _Target:
    text: str
    type: str
    local: bool


class Updates:
    """The statements for the places of one suspect."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._body = scene.text(scene.body)
        function = scene.function
        self._resets = function is not None and _RESETTING.search(function.name) is not None
        self._mutable = function is not None and function.receiver is not None and "mut" in function.receiver.text

    def at(self, visible: list[tuple[Binding, str | None]]) -> Iterator[tuple[str, float]]:
        """(statement, weight) for what is visible at a place."""
        values = self._values(visible)
        for target in self._targets(visible):
            yield from self._without(target, visible)
            yield from self._emptied(target)
            yield from self._stored(target, values)
            yield from self._moved(target, values)
        yield from self._from_others(visible)
        for name, kind in values[:_MOST_VALUES]:
            if kind == "usize" and "." not in name:
                for bound in self._bounds(visible):
                    yield f"let {name} = {name}.min({bound});", 0.12

    def _values(self, visible: list[tuple[Binding, str | None]]) -> list[tuple[str, str]]:
        return [(binding.name, kind or "") for binding, kind in visible if binding.name != "self"]

    def _targets(self, visible: list[tuple[Binding, str | None]]) -> Iterator[_Target]:
        for binding, kind in visible:
            name, bare = binding.name, types.strip_references(kind or "")
            if name == "self":
                if not self._mutable or self._scene.body is None:
                    continue
                bare = self._scene.types.spelled("Self", self._scene.body)
            elif not (binding.mutable or types.is_mutable_reference(kind or "")):
                continue
            else:
                star = "*" if types.is_mutable_reference(kind or "") and types.head(bare) not in _LISTS else ""
                yield _Target(f"{star}{name}", bare, local=True)
            struct = self._scene.index.struct(bare)
            for field in () if struct is None else struct.fields:
                yield _Target(f"{name}.{field.name}", types.tidy(field.type.text), local=False)

    def _emptied(self, target: _Target) -> Iterator[tuple[str, float]]:
        name, head = target.text, types.head(target.type)
        reset = _OF_RESET if self._resets and not target.local else 1.0
        if head in _LISTS:
            yield f"{name}.clear();", 0.15 * reset
        if head in _POPPED:
            yield f"{name}.pop();", 0.12
        if head == "VecDeque":
            yield f"{name}.pop_front();", 0.12
        if head == "Option":
            yield f"{name} = None;", 0.15 * reset
        if target.local and re.search(rf"\b{re.escape(name)}\.(?:next|peek)\(", self._body):
            yield f"{name}.next();", 0.5
        struct = self._scene.index.struct(types.element(target.type) or "") if head == "Vec" and target.local else None
        for field in () if struct is None else struct.fields:
            if types.tidy(field.type.text) in types.INTEGERS:
                yield f"{name}.sort_by_key(|item| item.{field.name});", 0.12

    def _without(self, target: _Target, visible: list[tuple[Binding, str | None]]) -> Iterator[tuple[str, float]]:
        """What is removed from one collection stays in no list beside it."""
        if target.local or types.head(target.type) not in ("Vec", "VecDeque") or ".remove(" not in self._body:
            return
        element = types.element(target.type) or "_"
        for binding, kind in visible:
            if binding.kind == "parameter" and kind and types.same(types.strip_references(kind), element):
                star = "" if types.is_reference(kind) else "*"
                yield f"{target.text}.retain(|other| {star}other != {binding.name});", 0.4

    def _stored(self, target: _Target, values: list[tuple[str, str]]) -> Iterator[tuple[str, float]]:
        """A value that is at hand goes into a list or a set."""
        head, element = types.head(target.type), types.element(target.type) or "_"
        word = {"Vec": "push", "VecDeque": "push_back", "BinaryHeap": "push"}.get(head)
        word = "insert" if head in _KEPT else word
        for value, kind in values[:_MOST_VALUES] if word is not None else ():
            if value == target.text or (kind and not types.same(types.strip_references(kind), element)):
                continue
            known = bool(kind) and "_" not in element
            given = f"*{value}" if types.is_reference(kind) and element in (*types.NUMBERS, "char") else value
            yield f"{target.text}.{word}({given});", (0.25 if known else 0.1) * self._idle(value)

    def _moved(self, target: _Target, values: list[tuple[str, str]]) -> Iterator[tuple[str, float]]:
        """The target becomes, or is brought on by, a value that is at hand."""
        name, kind = target.text, target.type
        number = kind in types.NUMBERS or kind in ("{integer}", "{float}")
        for value, other in values[:_MOST_VALUES]:
            if value == name.lstrip("*"):
                continue
            same = bool(kind and other) and types.same(types.strip_references(other), kind)
            if not same and kind and other:
                continue
            compared = _COMPARED if self._compared(name, value) else 1.0
            sure = (0.2 if same else 0.06) * compared * self._idle(value)
            named = 2.0 if name.endswith(f".{value}") else 1.0
            given = f"*{value}" if same and types.is_reference(other) and kind in types.NUMBERS else value
            yield f"{name} = {given};", sure * named
            if number:
                yield f"{name} -= {given};", sure * 0.9
                yield f"{name} += {given};", sure * 0.9
        enum = self._scene.index.enum(kind)
        for variant in () if enum is None else enum.variants[:5]:
            if variant.shape == "unit":
                yield f"{name} = {types.head(kind)}::{variant.name};", 0.15

    def _from_others(self, visible: list[tuple[Binding, str | None]]) -> Iterator[tuple[str, float]]:
        """``self.count += other.count`` for what is of the same type as ``self``."""
        scene = self._scene
        if not self._mutable or scene.body is None:
            return
        own = scene.types.spelled("Self", scene.body)
        struct = scene.index.struct(own)
        for binding, kind in visible:
            if binding.name == "self" or types.strip_references(kind or "") not in ("Self", own) or struct is None:
                continue
            for field in struct.fields:
                if types.tidy(field.type.text) in types.NUMBERS:
                    yield f"self.{field.name} += {binding.name}.{field.name};", 0.3
                else:
                    yield f"self.{field.name}.extend({binding.name}.{field.name}.iter().cloned());", 0.04

    def _bounds(self, visible: list[tuple[Binding, str | None]]) -> Iterator[str]:
        scene = self._scene
        struct = None if scene.body is None else scene.index.struct(scene.types.spelled("Self", scene.body))
        if any(binding.name == "self" for binding, _ in visible):
            for field in () if struct is None else struct.fields:
                if types.tidy(field.type.text) == "usize":
                    yield f"self.{field.name}"
                elif types.head(field.type.text) in ("Vec", "String", "VecDeque"):
                    yield f"self.{field.name}.len()"

    def _compared(self, one: str, other: str) -> bool:
        left, right = re.escape(one), re.escape(other)
        pattern = rf"{left} (?:[<>]=?|[!=]=) \*?{right}\b|(?<![\w.]){right} (?:[<>]=?|[!=]=) {left}\b"
        return re.search(pattern, self._body) is not None

    def _idle(self, name: str) -> float:
        return _IDLE if len(re.findall(rf"\b{re.escape(name)}\b", self._body)) <= 1 else 1.0
