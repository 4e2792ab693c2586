"""Anchors for a patch: the documentation of what it mends, else the compiler's own words.

The documentation belongs to another plugin; where that one is not installed, every citation is of the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from pydantic import JsonValue

from rusta_conductor.episode import Episode
from rusta_schemas.action import Action
from rusta_schemas.anchor import Anchor, make_anchor
from rusta_schemas.diagnostic import Diagnostic

CITE_TOOL = "docs_cite"
# A patch that mends very many kinds of errors needs no more citations than a person reads.
MOST = 8


class Citations:
    """The documentation of messages, asked for once an episode."""

    def __init__(self, episode: Episode) -> None:
        self._episode = episode
        self._there = CITE_TOOL in episode.host.tools
        self._told = self._there

    def for_patch(self, mended: Iterable[Diagnostic], more: Iterable[str], check_key: str) -> tuple[Anchor, ...]:
        """The anchors of a patch, one for each kind of message it mends, then what its proposers cite.

        Args:
            more: codes and keys of the documentation. check_key: idempotency key of the call that brought the messages.
        """
        kinds: dict[tuple[str, str], Diagnostic] = {}
        for item in mended:
            kinds.setdefault((item.code or "", "" if item.code else item.message), item)
        chosen = list(islice(kinds.values(), MOST))
        about, keys = self._ask(chosen, list(islice(dict.fromkeys(filter(None, more)), MOST)))
        found: dict[str, Anchor] = {}
        for diagnostic, anchor in zip(chosen, about, strict=True):
            cited = message_anchor(diagnostic, check_key) if anchor is None else anchor
            found.setdefault(cited.id, cited)
        for anchor in keys:
            if anchor is not None and len(found) < MOST:
                found.setdefault(anchor.id, anchor)
        return tuple(found.values())

    def _ask(self, about: Sequence[Diagnostic], keys: Sequence[str]) -> tuple[list[Anchor | None], list[Anchor | None]]:
        nothing: tuple[list[Anchor | None], list[Anchor | None]] = ([None] * len(about), [None] * len(keys))
        if not self._told:
            self._told = True
            self._episode.note(
                "the documentation plugin is not installed, so patches cite the compiler's messages; "
                "'rusta plugins' lists what is there"
            )
        if not self._there or not (about or keys):
            return nothing
        matters: list[JsonValue] = [
            {"code": item.code, "category": str(item.category), "message": item.message} for item in about
        ]
        answer = self._episode.call(Action(verb=CITE_TOOL, args={"about": matters, "keys": list(keys)}))
        if not answer.ok:
            return nothing
        return _anchors(answer.data.get("about"), len(about)), _anchors(answer.data.get("keys"), len(keys))


def message_anchor(diagnostic: Diagnostic, check_key: str) -> Anchor:
    """A citation of the compiler's own message, as the call ``check_key`` of the episode's log has it."""
    text = (diagnostic.rendered or diagnostic.message).encode("utf-8", "replace")
    return make_anchor("devlog", f"calls/{check_key}/diagnostic", text, 0, len(text), diagnostic.message[:120])


def _anchors(found: object, count: int) -> list[Anchor | None]:
    items = found if isinstance(found, list) and len(found) == count else [None] * count
    return [None if item is None else Anchor.model_validate(item) for item in items]
