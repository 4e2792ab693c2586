"""Integration tests that do not compile: as they are, they judge nothing, so a repair may mend them.

Their assertions stay as they are even then. A text that does not parse can be mended nowhere else, and what is missing of the
standard library can be imported nowhere else. Any other error may as well be the project's: a test that calls what is not
there may be ahead of the code or behind it. Changes of the test are tried last then, and a patch with one is not offered but
asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from rusta_cargo.repair.guards import is_integration_test
from rusta_cargo.repair.proposer import RETELLS, Candidate
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.syntax import parse
from rusta_cargo.taxonomy import PHASE_PARSE
from rusta_schemas.diagnostic import Diagnostic

# Beside a change of the code that answers the same error.
_LATER = 0.05
_OF_STD = re.compile(r"\s*(?:use (?:std|core|alloc)::[\w:{}, ]+;\s*)+")


def broken_tests(base: Base, paths: Iterable[str]) -> frozenset[str]:
    """Those of ``paths`` that are integration tests and did not compile before anything was changed."""
    wrong = {error.primary.path for error in base.verdict.errors if error.primary is not None}
    tests = (path for path in paths if path in base.hashes and is_integration_test(path, base.project.roots))
    return frozenset(path for path in tests if path in wrong or not parses(base.read(path)))


def with_doubt(
    candidates: Iterable[Candidate], base: Base, read: Callable[[str], bytes], errors: Sequence[Diagnostic]
) -> list[Candidate]:
    """``candidates``; those that change an integration test otherwise than its syntax are less likely, and say so.

    Args:
        read: the current text of a file. errors: of the current tree.
    """
    parsing = {e.primary.path for e in errors if e.primary is not None and e.phase == PHASE_PARSE}
    return [_doubted(one) if _retells(one, base, read, parsing) else one for one in candidates]


def parses(source: bytes) -> bool:
    """The text is whole, as far as our own parser can tell."""
    return not parse(source).root_node.has_error


def _retells(candidate: Candidate, base: Base, read: Callable[[str], bytes], parsing: Collection[str]) -> bool:
    return any(
        is_integration_test(item.path, base.project.roots)
        and item.path in base.hashes
        and item.path not in parsing
        and parses(read(item.path))
        and not (item.start == item.end and _OF_STD.fullmatch(item.text))
        for item in candidate.replacements
    )


def _doubted(candidate: Candidate) -> Candidate:
    return replace(candidate, prior=candidate.prior * _LATER, risk=(*candidate.risk, RETELLS))
