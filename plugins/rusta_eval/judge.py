"""Whether a patched tree is a repair: judged anew, from scratch, by code that the product does not use.

The order of the questions: was anything changed; are the tests as they were; does it compile with fresh times on
every file; do the tests pass that passed on the original; is a quarter of a file gone. Tests below ``tests/`` are
put back before anything is run; a test inside a source file that is missing or different refutes the patch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rusta_cargo import Node, parse, text_of, tokens, walk
from rusta_eval.cases import MAIN, file_options
from rusta_eval.lab import Lab
from rusta_schemas.edits import changed_lines

MOST_DELETED = 0.25
NO_EDIT = "no edit"
_PASSED = re.compile(r"^test (.+?) \.\.\. ok$", re.MULTILINE)
_FAILED = re.compile(r"^test (.+?) \.\.\. FAILED$", re.MULTILINE)
_LINE = re.compile(r" \(line \d+\)")

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Judgement:
    """What became of a case. ``fixed`` is a good repair; one by deletion compiles and is counted apart.

    verdict: one or a few words. exact: token for token the original. lost: largest share of a file's tokens that is
    gone.
    """

    fixed: bool
    verdict: str
    exact: bool | None = None
    deleted: bool = False
    lines: int = 0
    files: int = 0
    lost: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def passing(output: str) -> Counter[str]:
    """The names of the tests that passed, as often as they did; line numbers of documentation tests left out."""
    return Counter(_LINE.sub("", name) for name in _PASSED.findall(output))


def failing(output: str) -> Counter[str]:
    """The names of the tests that failed."""
    return Counter(_LINE.sub("", name) for name in _FAILED.findall(output))


def judge_file(lab: Lab, edition: str, before: bytes, after: bytes, original: Files | None = None) -> Judgement:
    """A single file: compiled for itself, and run with its own tests if it has any.

    ``original``: the file that was right, by its name, if it is known.
    """
    quick = _at_a_glance({MAIN: before}, {MAIN: after}, None, guarded=False)
    if quick is not None:
        return quick
    lab.lay({MAIN: after}, [MAIN])
    text = after.decode("utf-8", "replace")
    done = lab.rustc(*file_options(text, edition), "-o", str(lab.scratch / "out.rmeta"), MAIN)
    why = None if done.ok else "does not compile"
    if why is None and markers(after):
        program = str(lab.scratch / "tests")
        built = lab.rustc(*file_options(text, edition, test=True), "-o", program, MAIN)
        if not built.ok:
            why = "tests do not compile"
        elif not lab.run([program], 60.0).ok:
            why = "tests fail"
    return _judged(why, {MAIN: before}, {MAIN: after}, original)


def judge_crate(
    lab: Lab,
    before: Files,
    after: Files,
    original: Files | None,
    expected: Counter[str],
    timeout_s: float = 180.0,
) -> Judgement:
    """A crate. All mappings are from path to text and hold every ``.rs`` file and the manifest.

    Args:
        lab: over the broken tree. before: the broken tree. after: the patched one.
        original: the one that was right, if it is known.
        expected: the tests that pass on ``original``, as :func:`passing` counts them.
    """
    restored = {**after, **{path: data for path, data in before.items() if is_test_file(path)}}
    quick = _at_a_glance(before, restored, original, guarded=True)
    if quick is not None:
        return quick
    laid = {path: data for path, data in restored.items() if before.get(path) != data}
    lab.lay(laid, [path for path in restored if path.endswith((".rs", ".toml"))])
    done = lab.cargo("test", "--no-fail-fast", timeout_s=timeout_s)
    output = done.stdout.decode("utf-8", "replace")
    missing = expected - passing(output)
    why = None
    if done.stopped is not None:
        why = f"stopped: {done.stopped}"
    elif missing:
        built = b"could not compile" not in done.stderr
        why = f"test fails: {next(iter(missing))}" if built else "does not compile"
    elif not done.ok and not failing(output):
        why = "does not compile"
    if why is None and not lab.cargo("check", "--all-targets", timeout_s=timeout_s).ok:
        why = "does not compile"
    return _judged(why, before, restored, original)


def is_test_file(path: str) -> bool:
    """It is part of an integration test."""
    return path.startswith("tests/") or "/tests/" in path


def _at_a_glance(before: Files, after: Files, original: Files | None, *, guarded: bool) -> Judgement | None:
    """A verdict that needs no compiler. guarded: no test may differ."""
    if all(before.get(path) == after.get(path) for path in {*before, *after}):
        return Judgement(False, NO_EDIT)
    lost = sum(map(markers, before.values())) - sum(map(markers, after.values()))
    if lost > 0:
        return _judged(f"{lost} #[test] gone", before, after, original)
    if guarded:
        for path, text in before.items():
            # A text that does not parse does not tell its tests apart; the one that was right does.
            known = text if original is None else original.get(path, text)
            if path.endswith(".rs") and guarded_items(known) != guarded_items(after.get(path, b"")):
                return _judged(f"a test in {path} was changed", before, after, original)
    return None


def _judged(why: str | None, before: Files, after: Files, original: Files | None) -> Judgement:
    changed = [path for path in {*before, *after} if before.get(path) != after.get(path)]
    lines = sum(changed_lines(before.get(p, b""), after.get(p, b"")) for p in changed)
    lost = max((lost_share(before.get(p, b""), after.get(p, b"")) for p in changed), default=0.0)
    deleted = why is None and lost > MOST_DELETED
    exact = None
    if original is not None:
        exact = why is None and all(
            tokens(after.get(p, b"")) == tokens(original.get(p, b""))
            for p in {*after, *original}
            if after.get(p) != original.get(p)
        )
    verdict = why or ("by deletion" if deleted else "fixed")
    return Judgement(why is None and not deleted, verdict, exact, deleted, lines, len(changed), round(lost, 3))


def lost_share(before: bytes, after: bytes) -> float:
    """The share of the tokens of ``before`` that is gone; comments are no tokens."""
    old, new = len(tokens(before)), len(tokens(after))
    return max(0.0, (old - new) / old) if old else 0.0


def markers(source: bytes) -> int:
    """How many ``#[test]`` (also ``#[tokio::test]`` and the like) the text has, those in macros too."""
    leaves = tokens(source)
    return sum(
        1
        for left, word, right in zip(leaves, leaves[1:], leaves[2:], strict=False)
        if word == b"test" and right == b"]" and left in (b"[", b"::")
    )


def guarded_items(source: bytes) -> list[tuple[bytes, ...]]:
    """The tokens of every item that has an attribute with ``test`` in it, in their order."""
    found: list[tuple[bytes, ...]] = []
    if b"test" not in source:
        return found
    for node in walk(parse(source).root_node):
        if node.type == "attribute_item" and b"test" in text_of(node):
            item = _decorated(node)
            if item is not None:
                found.append(tokens(text_of(item)))
    return found


def _decorated(attribute: Node) -> Node | None:
    item = attribute.next_sibling
    while item is not None and item.type in ("attribute_item", "line_comment", "block_comment"):
        item = item.next_sibling
    return item
