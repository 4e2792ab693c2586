"""How many examples of its tests speak for a patch that only the tests ask for.

A test that names one value of a function, ``assert_eq!(price(2), 5)``, is kept by many functions: another number, another
operator, a case of its own. Which one is meant, one example cannot say. A patch that changes a number, a text or
arithmetic, or puts a statement, is determined when the tests that reach what it changes assert more than once, or in a loop.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rusta_cargo.repair.code.calling import Callers, in_tests
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.patch import Patch
from rusta_cargo.repair.proposer import Situation
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.syntax import parse, text_of, walk
from rusta_schemas.base import JsonObject
from rusta_schemas.edits import Edit
from rusta_schemas.observation import Observation

ENOUGH = 2
_ASSERTIONS = re.compile(r"assert|check|ensure|expect")
_SILENT = ("println", "print", "eprintln", "eprint", "dbg", "format", "write", "writeln", "vec", "matches")
_REPEATED = ("for_expression", "while_expression", "loop_expression", "closure_expression")
_VALUES = re.compile(r"(?<!\w)[0-9]|[-+*/%\"';]")


def examples_for(situation: Situation, edits: Iterable[Edit]) -> int | None:
    """How many assertions reach what ``edits`` change; None where that says nothing.

    Nothing is said of changes that are no values, of what no test is known to reach (macros may write it), and of more
    examples than :data:`ENOUGH`.
    """
    changed = tuple(edits)
    if not any(_VALUES.search(edit.inserted or situation.text(edit.path, edit.start, edit.end)) for edit in changed):
        return None
    index = ItemIndex.of(situation)
    touched = {index.at(edit.path, edit.start, edit.end) for edit in changed if edit.path in index.files}
    functions = {item for item in touched if isinstance(item, Function) and not in_tests(situation, item)}
    if not functions or len(functions) != len(touched):
        return None
    callers, found = Callers(situation, index), 0
    for test in index.of_kind(Function):
        if test.body is None or not in_tests(situation, test):
            continue
        if functions & callers.reached([test]).keys():
            found += _assertions(situation, test)
            if found >= ENOUGH:
                return None
    return found or None


def reached_by_tests(base: Base, patch: Patch) -> bool:
    """A test calls a function that the patch changes, directly or through others, as far as names tell."""
    situation = Situation(base.verdict.errors, base.read, _no_probe, base.project)
    index = ItemIndex.of(situation)
    touched = {index.at(edit.path, edit.start, edit.end) for edit in patch.edits if edit.path in index.files}
    functions = {item for item in touched if isinstance(item, Function)}
    if not functions:
        return False
    tests = [item for item in index.of_kind(Function) if item.body is not None and in_tests(situation, item)]
    return bool(functions & (set(tests) | Callers(situation, index).reached(tests).keys()))


def one_example(base: Base, patch: Patch) -> bool:
    """A single example of the tests is all that speaks for a patch of a project that compiles."""
    if base.verdict.errors or base.tests is None:
        return False
    situation = Situation((), base.read, _no_probe, base.project, tests=base.tests.failed)
    return examples_for(situation, patch.edits) == 1


def _no_probe(verb: str, _args: JsonObject) -> Observation:
    raise LookupError(f"{verb} is not asked here")


def _assertions(situation: Situation, test: Function) -> int:
    """How often a test asserts something; what it repeats counts as enough."""
    root = parse(situation.source(test.path)).root_node.descendant_for_byte_range(
        test.start, max(test.start, test.end - 1)
    )
    found = 0
    for node in walk(root) if root is not None else ():
        if node.type in _REPEATED:
            return ENOUGH
        if node.type == "macro_invocation":
            name = text_of(node.child_by_field_name("macro")).decode("utf-8", "replace").rpartition("::")[2]
            if name not in _SILENT:
                found += 1 if name.startswith(("assert", "debug_assert", "matches")) else ENOUGH
        elif node.type == "call_expression":
            callee = text_of(node.child_by_field_name("function")).decode("utf-8", "replace")
            found += bool(_ASSERTIONS.search(callee.rpartition("::")[2].rpartition(".")[2]))
    return found
