"""Anchors for a patch: the documentation of what it mends, else the compiler's own words."""

from __future__ import annotations

from collections.abc import Iterable

from rusta_cargo.repair.documents import as_key, key_of
from rusta_cargo.repair.tools.doc_anchor import DocReport
from rusta_conductor.episode import Episode
from rusta_schemas.action import Action
from rusta_schemas.anchor import Anchor, make_anchor
from rusta_schemas.diagnostic import Diagnostic

# A patch that mends very many kinds of errors needs no more citations than a person reads.
MOST = 8


class Citations:
    """Documentation by key, asked for once an episode."""

    def __init__(self, episode: Episode) -> None:
        self._episode = episode
        self._reports: dict[str, DocReport] = {}

    def document(self, key: str) -> DocReport:
        """What the installed documentation has under ``key``."""
        if key not in self._reports:
            answer = self._episode.call(Action(verb="doc_anchor", args={"key": key}))
            self._reports[key] = DocReport.model_validate(answer.data) if answer.ok else DocReport(key=key)
        return self._reports[key]

    def of(self, diagnostic: Diagnostic, check_key: str) -> tuple[Anchor, DocReport | None]:
        """The anchor of one message: its code's page or the Reference, else the message as it stands in the log.

        Args:
            check_key: idempotency key of the call that brought the message.
        """
        key = key_of(diagnostic)
        report = None if key is None else self.document(key)
        if report is not None and report.anchor is not None:
            return report.anchor, report
        return message_anchor(diagnostic, check_key), None

    def for_patch(self, mended: Iterable[Diagnostic], more: Iterable[str], check_key: str) -> tuple[Anchor, ...]:
        """The anchors of a patch, one for each kind of message it mends, then what its proposers cite."""
        found: dict[str, Anchor] = {}
        kinds: dict[tuple[str | None, str | None], Diagnostic] = {}
        for item in mended:
            kinds.setdefault((item.code, key_of(item)), item)
        for item in list(kinds.values())[:MOST]:
            anchor, _ = self.of(item, check_key)
            found.setdefault(anchor.id, anchor)
        for key in dict.fromkeys(map(as_key, more)):
            if key is None or len(found) >= MOST:
                continue
            cited = self.document(key).anchor
            if cited is not None:
                found.setdefault(cited.id, cited)
        return tuple(found.values())


def message_anchor(diagnostic: Diagnostic, check_key: str) -> Anchor:
    """A citation of the compiler's own message, as the call ``check_key`` of the episode's log has it."""
    text = (diagnostic.rendered or diagnostic.message).encode("utf-8", "replace")
    return make_anchor("devlog", f"calls/{check_key}/diagnostic", text, 0, len(text), diagnostic.message[:120])
