"""The proposer ``analyzer``: rust-analyzer's quick fixes, where ``--provider rust-analyzer`` asks for them."""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.proposer import STUB, Candidate, Situation
from rusta_schemas.base import JsonObject

_MOST = 8
_PRIOR = 0.3
_STUBS = ("todo!", "unimplemented!")


def propose(situation: Situation) -> Iterator[Candidate]:
    """One candidate for each fix at the place of an error, asked once: of the tree as the user has it."""
    placed = [
        (n, e.primary) for n, e in enumerate(situation.diagnostics) if e.primary is not None and not e.primary.macro
    ]
    if situation.overrides or not placed:
        return
    chosen = placed[:_MOST]
    args: JsonObject = {
        "places": [{"path": p.path, "start": p.start, "end": p.end} for _, p in chosen if p is not None]
    }
    answer = situation.probe("analyzer_fixes", args)
    found = answer.data.get("fixes", []) if answer.ok else []
    from rusta_cargo.analyzer.asking import Fix

    for item in found if isinstance(found, list) else []:
        fix = Fix.model_validate(item)
        number = chosen[fix.place][0]
        code = situation.diagnostics[number].code
        stub = any(word in part.text for part in fix.replacements for word in _STUBS)
        yield Candidate(
            title=f"{fix.title[:1].lower()}{fix.title[1:]}"[:160],
            replacements=fix.replacements,
            prior=_PRIOR,
            diagnostic=number,
            risk=(STUB,) if stub else (),
            cites=() if code is None else (code,),
        )
