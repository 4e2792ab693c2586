"""Failing tests: a guard that was lost: what is empty, closed or out of range is given back at once, or passed over.

Answers no error: it works where the tree compiles and tests fail. A guard asks one small question of what is visible
(see code/questions.py) and gives what the function gives for nothing: ``None``, ``false``, an error of its own type.
A variant of the error that nothing in the crate ever makes is the likeliest: it was made in what was lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.calling import in_tests
from rusta_cargo.repair.code.inserting import Place, places, statements
from rusta_cargo.repair.code.items import Enum, Function, Variant
from rusta_cargo.repair.code.mutating import Change, Scene, operands, ranked, short
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.questions import questions
from rusta_cargo.repair.code.scopes import Binding
from rusta_cargo.repair.proposer import Candidate, Situation

_NEVER_MADE, _MADE_ELSEWHERE, _EXPECTED = 3.0, 0.5, 2.0
_WANTED = 3.0  # what a test got or wanted, unless that is what many things give
_TOO_EARLY = 0.3
_ORDINARY = {"true", "false", "0", "1"}
_PRINTED = {"Vec::new()": "[]", "String::new()": '""'}
_INSIDE = ("fmt", "source", "description", "code", "from")
_KEY = "rusta_cargo.repair.proposers.behaviour_lost_guards"
_PLAIN = {
    "bool": (("false", 0.8), ("true", 0.5)),
    "String": (("String::new()", 0.5),),
    "&str": (('""', 0.5),),
    "Option": (("None", 1.0),),
    "Vec": (("Vec::new()", 0.6),),
}

SHARE = 0.006  # beside what is written wrongly, as that was counted where tests judge


def propose(situation: Situation) -> Iterator[Candidate]:
    """Guards at the places of the suspects."""
    return ranked(situation, _changes, SHARE)


def _changes(scene: Scene) -> Iterator[Change]:
    function = scene.function
    if function is None or scene.body is None or any(m in scene.text(scene.body) for m in ("todo!", "unimplemented!")):
        return
    every = [place for place in places(scene) if place.before]
    here = [place for place in every if place.block == scene.body or _looped(place)]
    here += [place for place in every if place not in here and _divisors(place)]
    spread = 1 / (1 + 0.1 * len(here))
    unit = nodes.indent_unit(scene.source)
    flat = " ".join(scene.text(scene.body).split())
    sides = {side for both in scene.evidence.sides for side in (both.left, both.right)} - _ORDINARY
    for rank, place in enumerate(here):
        visible = scene.types.visible(place.at)
        answers = list(_answers(scene, function, visible)) if not _in_closure(place) else []
        answers = [(value, weight * (_WANTED if _shown(value) in sides else 1.0)) for value, weight in answers]
        if _looped(place):
            answers = [("continue", 1.0), ("break", 0.4), *((f"return {v}", w * 0.3) for v, w in answers)]
        else:
            answers = [(f"return {value}".rstrip(), weight) for value, weight in answers]
        branch = place.block != scene.body and not _looped(place)
        first = 1.5 if rank == 0 or (branch and place.at <= statements(place.block)[0].start_byte) else 1.0
        divided = _divisors(place) if branch else _divided_deeper(place)
        for question in questions(scene, place.at):
            speaks = bool(divided & set(re.findall(r"\w+", question.text)))
            if branch and not speaks:
                continue
            usual = question.weight * (_TOO_EARLY if speaks and not branch else 1.0)
            asked = [(question.text, usual)]
            if question.either and " == " not in question.text:
                asked.append((f"!{question.text}", usual * 0.5))
            for condition, weight in asked:
                if f"if {condition} {{" in flat:
                    continue
                for answer, likely in answers:
                    put = f"if {condition} {{\n{unit}{answer};\n}}"
                    title = f"`{short(f'if {condition} {{ {answer}; }}', 60)}`"
                    # What panics was not guarded; an error that nothing makes was made somewhere.
                    told = likely >= _NEVER_MADE or _stops(scene, place)
                    sure = min(0.5, weight * likely * spread * first)
                    yield Change("guard", title, place.put(put), sure, place.at, told=told)


def _stops(scene: Scene, place: Place) -> bool:
    """The function panics after this place."""
    line = scene.suspect.line
    return line is not None and scene.line(place.at) <= line


def _shown(value: str) -> str:
    """How an answer of a guard is printed, what ``Ok`` holds by itself."""
    held = value[3:-1] if value.startswith("Ok(") else value
    return _PRINTED.get(held, held)


def _looped(place: Place) -> bool:
    return place.block.parent is not None and place.block.parent.type in nodes.LOOPS


def _divisors(place: Place) -> set[str]:
    """The names that something is divided by from here on, in a branch: nothing must be asked for before."""
    found: set[str] = set()
    for node in nodes.below(place.block, ("binary_expression",)):
        parts = operands(node)
        if parts is not None and text(parts[1]) in ("/", "%") and node.start_byte >= place.at:
            found |= set(re.findall(r"\b[a-z_]\w*", text(parts[2])))
    return found


def _divided_deeper(place: Place) -> set[str]:
    """The names that only branches further in divide by: a guard belongs there, what other branches do is right."""
    found: set[str] = set()
    for node in nodes.below(place.block, ("binary_expression",)):
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("/", "%"):
            continue
        names = set(re.findall(r"\b[a-z_]\w*", text(parts[2])))
        branch = nodes.around(node, ("match_arm", "if_expression"))
        if branch is None or branch.start_byte < place.block.start_byte:
            return set()
        found |= names
    return found


def _in_closure(place: Place) -> bool:
    around = nodes.enclosing(place.block, ("closure_expression", "function_item", "async_block"))
    return around is not None and around.type != "function_item"


def _answers(
    scene: Scene, function: Function, visible: list[tuple[Binding, str | None]]
) -> Iterator[tuple[str, float]]:
    """What the function gives where there is nothing to do, with weights."""
    if function.returns is None:
        yield "", 1.0
        return
    returns = scene.returns
    rights = " ".join(f"{sides.left} {sides.right}" for sides in scene.evidence.sides)
    given = types.arguments(returns)
    if types.head(returns) == "Result":
        kind = given[1] if len(given) > 1 else _error_of(scene)
        for value, weight, name in _errors(scene, kind, visible):
            expected = _EXPECTED if re.search(rf"\b{name}\b", rights) else 1.0
            yield f"Err({value})", weight * expected
        first = given[0] if given else ""
        plain = {"()": "()", "bool": "false", "String": "String::new()"}.get(first)
        plain = "0.0" if first in types.FLOATS else "0" if first in types.INTEGERS else plain
        if plain is not None or types.head(given[0] if given else "") in ("Vec", "Option"):
            yield f"Ok({plain or ('None' if types.head(given[0]) == 'Option' else 'Vec::new()')})", 0.4
        return
    if returns in types.NUMBERS:
        for number in ("0", "1"):
            yield (f"{number}.0" if returns in types.FLOATS else number), 0.5
        yield from ((b.name, 0.2) for b, known in visible if known == returns and b.kind == "parameter")
        return
    yield from _PLAIN.get(returns) or _PLAIN.get(types.head(returns)) or ()


def _error_of(scene: Scene) -> str:
    """The error of an alias ``Result<T>`` of the crate: its only enum that is named so."""
    errors = {enum.name for enum in scene.index.of_kind(Enum) if enum.name.endswith("Error")}
    return errors.pop() if len(errors) == 1 else ""


def _errors(scene: Scene, kind: str, visible: list[tuple[Binding, str | None]]) -> Iterator[tuple[str, float, str]]:
    """(expression, weight, name) of the values of an error type."""
    enum = scene.index.enum(kind)
    for variant in () if enum is None else enum.variants:
        value = _made(f"{types.head(kind)}::{variant.name}", variant, visible)
        if value is not None:
            made = _makings(scene, variant)
            yield value, _NEVER_MADE if made == 0 else _MADE_ELSEWHERE, variant.name


def _made(path: str, variant: Variant, visible: list[tuple[Binding, str | None]]) -> str | None:
    """The variant with values of the right types."""
    if variant.shape == "unit":
        return path
    values = []
    for field in variant.fields:
        value = _value(field.name if variant.shape != "tuple" else "", types.tidy(field.type.text), visible)
        if value is None:
            return None
        values.append(value if variant.shape == "tuple" else f"{field.name}: {value}" if value != field.name else value)
    inner = ", ".join(values)
    return f"{path}({inner})" if variant.shape == "tuple" else f"{path} {{ {inner} }}"


def _value(name: str, wanted: str, visible: list[tuple[Binding, str | None]]) -> str | None:
    known = [(b.name, kind) for b, kind in visible if kind and b.name != "self"]
    for exact in (True, False):
        for other, kind in known:
            if exact and name and other != name:
                continue
            if types.same(kind, wanted):
                return other
            if wanted == "String" and types.strip_references(kind) in ("str", "String"):
                return f"{other}.to_string()"
            if types.same(types.strip_references(kind), wanted) and wanted in types.NUMBERS:
                return f"*{other}"
    return None


def _makings(scene: Scene, variant: Variant) -> int:
    """How often the crate makes a variant, outside of its tests and of what only reads it."""
    if variant.parent is None:
        return 1
    key = (_KEY, variant.parent.name, variant.name, hash(scene.source))
    known = scene.situation.cache.get(key)
    if isinstance(known, int):
        return known
    pattern = re.compile(rf"\b(?:{re.escape(variant.parent.name)}|Self)::{re.escape(variant.name)}\b".encode())
    count = 0
    for function in scene.index.of_kind(Function):
        if function.body is None or function.name in _INSIDE or in_tests(scene.situation, function):
            continue
        text = scene.situation.source(function.path)[function.body.start : function.body.end]
        count += len(pattern.findall(text))
    scene.situation.cache[key] = count
    return count
