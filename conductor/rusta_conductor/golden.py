"""Golden sessions: curated episodes that must keep coming out the same.

The whole log is in the entry; everything a person reads of it follows from the log and is worked out again to check it.
``python -m rusta_conductor.golden [FILES]`` checks files, by default all below ``tests/golden``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rusta_conductor.bundles.sealing import draft_in, seal
from rusta_conductor.errors import UsageError
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.recording import first_difference
from rusta_conductor.sessions import ReplayReport, read_entries, replay
from rusta_devlog import DevLogReader, DevLogStore, GoldenError
from rusta_devlog.golden import FORMAT, export_document, import_document
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.canonical import canonical_bytes
from rusta_schemas.devlog import Decision, Done, Ended, Started, read_event
from rusta_schemas.golden import GoldenEntry, GoldenStep
from rusta_schemas.upcast import UPCASTERS

TOLERANCE = 2
DEFAULT_FOLDER = "tests/golden"


def make_entry(home: Home, beginning: str, name: str) -> GoldenEntry:
    """The golden entry of an ended episode.

    Raises:
        UsageError: the episode has not ended, or the name is empty.
        DevLogError: there is no such episode, or its log is damaged.
    """
    store = DevLogStore(home.devlog)
    reader = store.reader(store.resolve(beginning))
    return derive(reader, name)


def derive(reader: DevLogReader, name: str) -> GoldenEntry:
    """Everything in a golden entry but its name, worked out from the log alone."""
    if not name.strip():
        raise UsageError("a golden session needs a name; say in a few words what it is kept for")
    log = export_document(reader)
    snapshot: JsonObject = {}
    started: dict[str, Started] = {}
    steps: list[GoldenStep] = []
    ended: Ended | None = None
    for entry in read_entries(reader):
        event = read_event(entry)
        if isinstance(event, Started):
            started[event.key] = event
        elif isinstance(event, Done) and event.key in started:
            steps.append(GoldenStep(action=started[event.key].action, sha256=event.sha256))
        elif isinstance(event, Decision) and event.topic == "snapshot":
            snapshot = event.value
        elif isinstance(event, Ended):
            ended = event
    if ended is None:
        raise UsageError(f"episode {log['episode']} has not ended; 'rusta resume {log['episode']}' runs it to its end")
    draft = draft_in(ended.result)
    patch = None if draft is None else seal(draft, log["head"]["sha256"])
    given = ended.result.get("anchors", [])
    anchors = patch.anchors if patch else tuple(map(Anchor.model_validate, _list(given)))
    touched = {p: h for p, h in (patch.base_hashes if patch else {}).items() if h is not None}
    return GoldenEntry.model_validate(
        {
            "name": name,
            "episode": log["episode"],
            "snapshot": snapshot or touched,
            "actions": steps,
            "anchors": anchors,
            "patch": patch,
            "tests": patch.proof.steps if patch else (),
            "reflection": ended.summary,
            "log": log,
        }
    )


def write_entry(entry: GoldenEntry, path: Path) -> int:
    """Write an entry as a file that people can read and compare; gives its size in bytes."""
    text = json.dumps(to_json(entry), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    data = text.encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return len(data)


def read_entry(path: Path) -> GoldenEntry:
    """The golden entry in a file; its form is checked, its content is not (see :func:`check_entry`).

    Raises:
        GoldenError: it is not a golden entry. UpcastError: it is of a newer version.
    """
    document = _read_object(path)
    try:
        return GoldenEntry.model_validate(UPCASTERS.lift("golden_entry", document))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "entry"
        raise GoldenError(f"{path} is not a golden entry: {place}: {first['msg']}") from None


def check_entry(
    host: PluginHost,
    home: Home,
    entry: GoldenEntry,
    *,
    tolerance: int = TOLERANCE,
    replayed: bool = True,
) -> ReplayReport | None:
    """Hold an entry against its log, then replay the log.

    Raises:
        GoldenError: the log was changed, or a field does not follow from it; the first difference is named.
        Divergence: the replay came out differently.
    """
    with log_reader(entry.log) as reader:
        difference = first_difference(to_json(derive(reader, entry.name)), to_json(entry))
        if difference is not None:
            path, derived, found = difference
            raise GoldenError(
                f"{path} does not follow from the log: the log gives {_short(derived)}, the entry has {_short(found)}; "
                "write the entry again with 'rusta golden add'"
            )
        return replay(host, home, reader, tolerance=tolerance) if replayed else None


@contextlib.contextmanager
def log_reader(document: Mapping[str, Any]) -> Iterator[DevLogReader]:
    """A reader of the log in a golden document, unpacked into a temporary folder. Raises GoldenError."""
    with tempfile.TemporaryDirectory(prefix="rusta-golden-") as folder:
        store = DevLogStore(folder)
        yield store.reader(import_document(store, document).episode)


@contextlib.contextmanager
def opened_reader(ref: str, home: Home) -> Iterator[DevLogReader]:
    """The log that ``ref`` names: a golden entry's or an exported log's file, or an episode (by its beginning).

    Raises:
        GoldenError, DevLogError: there is no such thing, or it is damaged.
    """
    if "/" in ref or ref.endswith(".json"):
        document = _read_object(Path(ref))
        log = document if document.get("format") == FORMAT else read_entry(Path(ref)).log
        with log_reader(log) as reader:
            yield reader
        return
    store = DevLogStore(home.devlog)
    yield store.reader(store.resolve(ref))


def _read_object(path: Path) -> JsonObject:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise GoldenError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise GoldenError(f"{path} is not a golden entry: it is not JSON ({error})") from None
    if not isinstance(document, dict):
        raise GoldenError(f"{path} is not a golden entry: it holds no JSON object")
    return document


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _short(value: object) -> str:
    try:
        text = canonical_bytes(value).decode("utf-8")
    except ValueError:
        text = repr(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _main() -> None:
    from rusta_conductor.cli import rusta

    files = sys.argv[1:] or [str(path) for path in sorted(Path(DEFAULT_FOLDER).rglob("*.json"))]
    if not files:
        raise SystemExit(f"rusta: no golden session below {DEFAULT_FOLDER}; name the files to check")
    rusta.main(args=["golden", "check", *files], prog_name="rusta")


if __name__ == "__main__":
    _main()
