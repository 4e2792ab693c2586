"""The JSON messages of cargo and rustc, turned into diagnostics.

The stream may hold lines that are no JSON (a build script that prints, a compiler that panics), may be cut anywhere,
and need not be UTF-8; whatever can be read is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from rusta_cargo.places import Places
from rusta_cargo.suggestions import suggestions_of
from rusta_cargo.taxonomy import classify
from rusta_schemas.diagnostic import Diagnostic, Level, Note, Span

_SUMMARIES = (
    "aborting due to",
    "For more information about",
    "Some errors have detailed explanations",
)
_LEVELS = {level.value: level for level in Level}


@dataclass(frozen=True)
class Artifact:
    """Something that was built. ``unit`` names package and target, ``executable`` its file if it can be run."""

    package: str
    package_id: str
    kinds: tuple[str, ...]
    name: str
    test: bool
    executable: str | None
    manifest: str

    @property
    def unit(self) -> str:
        return unit_name(self.package, self.kinds, self.name)


@dataclass(frozen=True)
class BuildScript:
    """What a build script asked for: variables for the crate, and the folder of its output."""

    package_id: str
    out_dir: str
    env: tuple[tuple[str, str], ...]
    linked_paths: tuple[str, ...]


@dataclass
class Stream:
    """Everything that one run said."""

    diagnostics: tuple[Diagnostic, ...] = ()
    artifacts: list[Artifact] = field(default_factory=list)
    scripts: list[BuildScript] = field(default_factory=list)
    finished: bool | None = None  # cargo's own verdict; None when it never came
    other: list[str] = field(default_factory=list)  # lines that are no messages


def unit_name(package: str, kinds: Iterable[str], target: str) -> str:
    """``package target`` for a library, ``package kind:target`` for anything else."""
    kind = next(iter(kinds), "lib")
    if kind in ("bin", "test", "example", "bench", "custom-build"):
        return f"{package} {'build' if kind == 'custom-build' else kind}:{target}"
    return f"{package} {target}"


def package_name(package_id: str) -> str:
    """The name in a package id: ``…/demo#0.1.0``, ``…#demo@0.1.0``, or the old ``demo 0.1.0 (path…)``."""
    head, hash_sign, tail = package_id.rpartition("#")
    if not hash_sign:
        return package_id.split(" ")[0]
    name, at, _ = tail.partition("@")
    return name if at else PurePosixPath(head.partition("?")[0]).name


def parse_stream(output: bytes, places: Places) -> Stream:
    """Reads ``cargo --message-format=json`` (stdout) or ``rustc --error-format=json`` (stderr)."""
    stream = Stream()
    found: list[Diagnostic] = []
    for raw in output.splitlines():
        message = _json_object(raw)
        if message is None:
            if raw.strip():
                stream.other.append(raw.decode("utf-8", "replace"))
            continue
        try:
            _take(message, places, stream, found)
        except (KeyError, TypeError, ValueError, AttributeError, ValidationError):
            stream.other.append(raw[:2000].decode("utf-8", "replace"))
    stream.diagnostics = arrange(found)
    return stream


def arrange(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Without repeats (a library and its test build say the same), errors first, then by place."""
    unique: dict[str, Diagnostic] = {}
    for diagnostic in found:
        key = diagnostic.model_copy(update={"unit": ""}).model_dump_json()
        unique.setdefault(key, diagnostic)
    return tuple(sorted(unique.values(), key=_order))


def _order(diagnostic: Diagnostic) -> tuple[Any, ...]:
    place = diagnostic.primary
    where = ("", -1, -1) if place is None else (place.path, place.start, place.end)
    rank = list(Level).index(diagnostic.level)
    return (rank, *where, diagnostic.code or "", diagnostic.message, diagnostic.rendered)


def _json_object(raw: bytes) -> dict[str, Any] | None:
    if not raw.lstrip().startswith(b"{"):
        return None
    try:
        value = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _take(message: dict[str, Any], places: Places, stream: Stream, found: list[Diagnostic]) -> None:
    reason = message.get("reason", message.get("$message_type"))
    if reason == "compiler-message":
        target = message["target"]
        unit = unit_name(package_name(message["package_id"]), target["kind"], target["name"])
        found.extend(_diagnostics(message["message"], places, unit))
    elif reason == "diagnostic" or (reason is None and "spans" in message and "level" in message):
        found.extend(_diagnostics(message, places, ""))
    elif reason == "compiler-artifact":
        target = message["target"]
        stream.artifacts.append(
            Artifact(
                package=package_name(message["package_id"]),
                package_id=message["package_id"],
                kinds=tuple(target["kind"]),
                name=target["name"],
                test=bool(message.get("profile", {}).get("test")),
                executable=message.get("executable"),
                manifest=message.get("manifest_path", ""),
            )
        )
    elif reason == "build-script-executed":
        stream.scripts.append(
            BuildScript(
                package_id=message["package_id"],
                out_dir=message.get("out_dir", ""),
                env=tuple((str(name), str(value)) for name, value in message.get("env", [])),
                linked_paths=tuple(map(str, message.get("linked_paths", []))),
            )
        )
    elif reason == "build-finished":
        stream.finished = bool(message["success"])
    elif reason is None:
        raise ValueError("no message of a build")


def _diagnostics(raw: dict[str, Any], places: Places, unit: str) -> Iterator[Diagnostic]:
    text = raw["message"]
    level = _level(raw["level"])
    if level is Level.FAILURE or (not raw["spans"] and _is_summary(text)):
        return
    code = (raw.get("code") or {}).get("code")
    spans = spans_of(raw["spans"], places)
    fault = classify(code or None, text, placed=bool(spans))
    notes: list[Note] = []
    suggestions = suggestions_of(raw["spans"], text, places)
    for child in raw.get("children") or []:
        offered = suggestions_of(child["spans"], child["message"], places)
        if offered:
            suggestions += [item for item in offered if item not in suggestions]
        else:
            notes.append(
                Note(
                    level=_level(child["level"]),
                    message=child["message"],
                    spans=spans_of(child["spans"], places),
                )
            )
    yield Diagnostic(
        level=level,
        code=code or None,
        category=fault.category,
        phase=fault.phase,
        message=text,
        spans=spans,
        notes=tuple(notes),
        suggestions=tuple(suggestions),
        rendered=raw.get("rendered") or "",
        unit=unit,
    )


def _is_summary(text: str) -> bool:
    return text.startswith(_SUMMARIES) or text.endswith((" warning emitted", " warnings emitted"))


def _level(name: str) -> Level:
    # "error: internal compiler error" is an error too.
    return _LEVELS.get(name, Level.ERROR if name.startswith("error") else Level.NOTE)


def spans_of(raw: Iterable[dict[str, Any]], places: Places) -> tuple[Span, ...]:
    """The spans of a message, each moved to where its text stands in the tree."""
    return tuple(span_of(item, places) for item in raw)


def span_of(raw: dict[str, Any], places: Places) -> Span:
    """One span. Text that a macro of another crate made is moved to the first call of the chain inside the tree."""
    chosen, expansion = raw, raw.get("expansion")
    macro = expansion.get("macro_decl_name") if expansion else None
    while expansion and not places.name(chosen["file_name"])[1]:
        chosen = expansion["span"]
        macro = expansion.get("macro_decl_name", macro)
        expansion = chosen.get("expansion")
    if not places.name(chosen["file_name"])[1]:
        chosen = raw
    path, inside = places.name(chosen["file_name"])
    start = (max(1, chosen["line_start"]), max(1, chosen["column_start"]))
    end = (max(1, chosen["line_end"]), max(1, chosen["column_end"]))
    given = (chosen["byte_start"], chosen["byte_end"])
    first, last = places.bytes_of(path, given, start, end) if inside else given
    return Span(
        path=path,
        start=first,
        end=last,
        line=start[0],
        column=start[1],
        end_line=end[0],
        end_column=end[1],
        primary=bool(raw.get("is_primary")),
        label=raw.get("label"),
        macro=macro,
    )
