"""What cargo says outside its JSON messages: manifests, dependencies, build scripts, crashes.

Cargo prints these on its standard error as ``error: …`` with a chain of causes. They become diagnostics too, so that a
domain sees one kind of thing.
"""

from __future__ import annotations

import re

from rusta_cargo.places import Places
from rusta_cargo.taxonomy import PHASE_LINK, PHASE_MANIFEST
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Note, Span

_START = re.compile(r"^error(?:\[[^\]]*\])?: ", re.MULTILINE)
_PLACE = re.compile(r"^\s*--> (.+?):(\d+):(\d+)$", re.MULTILINE)
_NOISE = (
    "could not compile ",
    "aborting due to",
    "build failed",
    "test failed, to rerun",
    "doctest failed, to rerun",
)
_TAIL = 4000
_WORDS = 300
_QUOTED = re.compile(r"`([^`\n]{60})[^`\n]{60,}`")  # whole command lines

_ADVICE = (
    (
        re.compile(r"failed to read `[^`]*Cargo\.toml`\s+Caused by:\s+No such file"),
        "Mend the dependency's path in Cargo.toml, or put the crate there.",
    ),
    (
        re.compile(r"no matching package|failed to (?:get|load source for|download|fetch)|offline|registry index"),
        "Episodes have no network. Run `cargo fetch` (or `cargo vendor`) once with network, then try again.",
    ),
    (
        re.compile(r"failed to parse manifest|TOML parse error|could not parse input as TOML|expected .* in manifest"),
        "Mend Cargo.toml first; its errors come before any of the source.",
    ),
    (
        re.compile(r"failed to run custom build command"),
        "The build script runs in a sandbox without network and home folder.",
    ),
    (
        re.compile(r"lock file|Cargo\.lock"),
        "Make Cargo.lock fit with `cargo update --offline` or `cargo generate-lockfile`.",
    ),
    (
        re.compile(r"requires rustc|is not supported by the following package"),
        "Use a newer toolchain (RUSTA_TOOLCHAIN), or an older version of the dependency.",
    ),
    (
        re.compile(r"SIGKILL|signal: 9"),
        "Something ended the compiler from outside, most often for want of memory.",
    ),
)


def cargo_failures(stderr: bytes, places: Places) -> tuple[Diagnostic, ...]:
    """The errors in cargo's standard error, apart from those that only count what the compiler said already."""
    text = stderr.decode("utf-8", "replace")
    found: list[Diagnostic] = []
    starts = [match.start() for match in _START.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        block = text[start:end].strip()
        head, _, rest = block.partition("\n")
        message = _START.sub("", head, count=1)
        if message.startswith(_NOISE) and "signal" not in block and "Caused by" not in block:
            continue
        found.append(_diagnostic(message, block, rest, places))
    return tuple(found)


def _for_people(text: str, places: Places) -> str:
    """Without command lines that nobody reads, and with places relative to the tree, wherever it was laid."""
    if places.root:
        text = text.replace(f" ({places.root})", "").replace(f"{places.root}/", "")
    return _QUOTED.sub(r"`\1…`", text)


def _last_words(block: str) -> str:
    """What a build script said last on its standard error: its panic's message, or its last line."""
    said = [line.strip() for line in block.partition("--- stderr\n")[2].splitlines()]
    said = [line for line in said if line and not line.startswith("note: run with")]
    panic = next((i for i, line in enumerate(said) if " panicked at " in line), None)
    words = said[-1:] if panic is None else [said[panic], *said[panic + 1 : panic + 2]]
    return " ".join(words)


def unexplained(what: str, exit_code: int | None, signal: int | None, stderr: bytes) -> Diagnostic:
    """A failure with no message at all: the end of what was printed, as one diagnostic."""
    ended = f"signal {signal}" if signal is not None else f"exit code {exit_code}"
    tail = stderr.decode("utf-8", "replace").strip()[-_TAIL:]
    panic = next((line for line in tail.splitlines() if "panicked at" in line), "")
    return Diagnostic(
        level=Level.ERROR,
        category=Category.OTHER,
        phase=PHASE_MANIFEST,
        message=f"{what} failed with {ended}" + (f": {panic}" if panic else ""),
        rendered=tail,
    )


def _deepest(message: str, causes: str) -> str:
    """The last of cargo's chain of causes, where the message itself only says what could not be done."""
    if not message.startswith("failed to "):
        return ""
    chain = ["; ".join(line.strip() for line in cause.strip().splitlines()[:2]) for cause in causes.split("Caused by:")]
    # The system's words for an error say nothing without the file that they are about.
    return ": ".join(chain[-2:] if "(os error " in chain[-1] else chain[-1:])


def _diagnostic(message: str, block: str, rest: str, places: Places) -> Diagnostic:
    advice = next((text for pattern, text in _ADVICE if pattern.search(block)), None)
    notes = []
    causes = _for_people(rest.partition("Caused by:")[2].strip(), places)
    if causes:
        notes.append(Note(level=Level.NOTE, message=causes[:_TAIL]))
    if advice is not None:
        notes.append(Note(level=Level.HELP, message=advice))
    message = _for_people(message, places)
    words = _last_words(block) if "custom build command" in message else _deepest(message, causes)
    if words:
        message += f": {words if len(words) <= _WORDS else words[:_WORDS] + '…'}"
    return Diagnostic(
        level=Level.ERROR,
        category=Category.OTHER,
        phase=PHASE_LINK if message.startswith("linking with") else PHASE_MANIFEST,
        message=message,
        spans=_spans(block, places),
        notes=tuple(notes),
        rendered=block[:_TAIL],
    )


def _spans(block: str, places: Places) -> tuple[Span, ...]:
    found = _PLACE.search(block)
    if found is None:
        return ()
    path, inside = places.name(found[1])
    line, column = max(1, int(found[2])), max(1, int(found[3]))
    source = places.text(path) if inside else None
    offset = None if source is None else source.offset(line, column)
    if offset is None:
        return ()
    return (
        Span(
            path=path,
            start=offset,
            end=offset,
            line=line,
            column=column,
            end_line=line,
            end_column=column,
            primary=True,
        ),
    )
