"""Attributes that lost a sign: ``[derive(Debug)]``, ``#test``, ``#derive(Clone)``, ``@test``, ``#(cfg(test))``.

Syntax errors on such a line, or on the one behind it. The name must be one that attributes have, so that a list
expression or a macro's text is not taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code.brokenness import Brokenness
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import replace
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Category

_NAMES = (
    "allow|automatically_derived|bench|cfg_attr|cfg|cold|default|deny|deprecated|derive|doc|error|expect|export_name|"
    "feature|forbid|from|global_allocator|ignore|inline|link|link_name|macro_export|macro_use|must_use|no_mangle|"
    "no_std|non_exhaustive|panic_handler|path|proc_macro|proc_macro_attribute|proc_macro_derive|repr|rustfmt|serde|"
    "should_panic|source|target_feature|test|tokio|track_caller|unsafe|used|warn|arg|command|clap|structopt|async_trait"
)
# (the form, what it becomes): the sign, the opening and the closing bracket are each there or not.
_LINE = re.compile(
    rb"(?m)^(?P<indent>[ \t]*)(?P<sign>[#@]?!?)[ \t]*(?P<open>[\[({]?)"
    rb"(?P<body>(?:" + _NAMES.encode() + rb")\b(?:::\w+)*"
    rb"(?:[ \t]*(?:\((?:[^()\n]|\([^()\n]*\))*\)|=[ \t]*\"[^\"\n]*\"))?)"
    rb"(?P<close>[ \t]*[\])}])?[ \t]*(?P<rest>(?:pub|fn|struct|enum|mod|impl|//)[^\n]*)?\r?$"
)
_ONE, _SOME = 0.92, 0.5


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Give the attribute at the error, or just before it, its signs back."""
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        if place is None or error.category is not Category.SYNTAX or place.macro is not None:
            continue
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        here = source.rfind(b"\n", 0, place.start) + 1
        before = source.rfind(b"\n", 0, max(0, here - 1)) + 1
        for match in _LINE.finditer(source, before):
            if match.start() > place.start:
                break
            text = _right(match)
            if text is None:
                continue
            start, end = match.end("indent"), match.end("close" if match["close"] else "body")
            judged = Brokenness(source, brackets=True)
            left = judged.after(start, end, text)
            prior = _ONE if left == 0 else _SOME
            if left <= judged.now:
                yield Candidate(
                    f"write `{text}`"[:160],
                    (replace(place.path, start, end, text),),
                    prior,
                    diagnostic=number,
                    cites=("reference:attributes.html",),
                )


def _right(match: re.Match[bytes]) -> str | None:
    """The attribute as it should be; None when it is so already, or nothing says that it is one."""
    sign, opening, closing = match["sign"], match["open"], (match["close"] or b"").strip()
    if (sign in (b"#", b"#!") and opening == b"[" and closing == b"]") or not (sign or opening == b"["):
        return None
    inner = "!" if b"!" in sign else ""
    return f"#{inner}[{match['body'].decode('utf-8', 'replace').strip()}]"
