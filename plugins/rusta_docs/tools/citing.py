"""``docs_cite``: what to cite for a message. It only reads."""

from __future__ import annotations

import re

from rusta_conductor.tool import ToolContext, ToolResult
from rusta_docs.explaining.rules import citable_keys
from rusta_docs.keys import KEY
from rusta_docs.library import Library
from rusta_docs.models import Passage
from rusta_docs.tools.arguments import CiteArgs, CiteReport
from rusta_docs.tools.opening import library_of
from rusta_schemas.anchor import Anchor

_KEY = re.compile(KEY)


def docs_cite(args: CiteArgs, context: ToolContext) -> ToolResult:
    """The best passage for each message and each key: the page of its code, else the rule that it is about."""
    with library_of(context) as library:
        about = [_first(library, citable_keys(matter)) for matter in args.about]
        keys = [_first(library, (key,)) for key in args.keys]
        found = [passage for passage in (*about, *keys) if passage is not None]
        library.issue(found)
    report = CiteReport(about=tuple(map(_anchor, about)), keys=tuple(map(_anchor, keys)))
    return ToolResult(f"{len(found)} of {len(about) + len(keys)} are told of in the documentation", report)


def _first(library: Library, keys: tuple[str, ...]) -> Passage | None:
    return next((p for key in keys if _KEY.fullmatch(key) and (p := library.lookup(key)) is not None), None)


def _anchor(passage: Passage | None) -> Anchor | None:
    return None if passage is None else passage.anchor
