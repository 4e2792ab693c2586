"""Golden documents: a whole episode in one self-contained JSON document, and back.

::

    {"format": "rusta-golden-log", "version": 1, "episode": ID,
     "entries":   [{"seq": 1, "sha256": digest of the entry's canonical JSON, "entry": {…}}, …],
     "frames":    [{"count": entries in this frame, "sha256": digest of the frame}, …],
     "blobs":     {SHA-256: base64, …},            every blob that an entry names
     "head":      {"seq": N, "sha256": digest of the last frame},
     "integrity": SHA-256 of the canonical JSON of all of the above}

Importing writes the same frames again and compares every digest, so a document that imports is the episode, and
exporting it once more gives the same bytes.
"""

from __future__ import annotations

import base64
import binascii
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rusta_devlog.audit import blob_references
from rusta_devlog.errors import BadEpisodeId, DevLogError, GoldenError
from rusta_devlog.frames import encode_frame, genesis
from rusta_devlog.fs import REAL
from rusta_devlog.reader import DevLogReader
from rusta_devlog.store import DevLogStore, check_episode_id
from rusta_devlog.writer import DevLog
from rusta_schemas.canonical import canonical_bytes, sha256_hex

FORMAT = "rusta-golden-log"
VERSION = 1
_PARTS = {"format", "version", "episode", "entries", "frames", "blobs", "head", "integrity"}


class Imported(NamedTuple):
    """What an import did: ``created`` is False when the same episode was there already."""

    episode: str
    entries: int
    created: bool


def export_document(reader: DevLogReader) -> dict[str, Any]:
    """The golden document of a log.

    Raises:
        DevLogDamaged, BlobError: the log is not whole, or a blob it names is missing or damaged.
    """
    entries: list[dict[str, Any]] = []
    frames: list[dict[str, Any]] = []
    blobs: dict[str, str] = {}
    cursor = reader.cursor()
    for frame in reader.frames(cursor):
        frames.append({"count": frame.count, "sha256": frame.digest.hex()})
        for line, (seq, entry) in zip(frame.lines(), frame.entries(), strict=True):
            entries.append({"seq": seq, "sha256": sha256_hex(line), "entry": entry})
            for sha256 in blob_references(entry):
                if sha256 not in blobs:
                    blobs[sha256] = base64.b64encode(reader.get_blob(sha256)).decode()
    digest = cursor.digest or genesis(cursor.log_id)
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "episode": cursor.log_id,
        "entries": entries,
        "frames": frames,
        "blobs": blobs,
        "head": {"seq": cursor.seq, "sha256": digest.hex()},
    }
    document["integrity"] = sha256_hex(canonical_bytes(document))
    return document


def export_bytes(reader: DevLogReader) -> bytes:
    """The golden document as canonical JSON and a line feed. Raises as :func:`export_document`."""
    return canonical_bytes(export_document(reader)) + b"\n"


def parse_document(data: bytes) -> dict[str, Any]:
    """Read and check a golden document.

    Raises:
        GoldenError: it is not one, or something in it was changed; the message names the first such entry.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise GoldenError(f"this is not a golden document: it is not JSON ({error})") from None
    if not isinstance(document, dict):
        raise GoldenError("this is not a golden document: it is not a JSON object")
    return check_document(document)


def check_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Check a golden document that has been parsed already. Raises as :func:`parse_document`."""
    if document.get("format") != FORMAT:
        raise GoldenError(f"this is not a golden document: its format is {document.get('format')!r}, not {FORMAT!r}")
    if document.get("version") != VERSION:
        raise GoldenError(
            f"version {document.get('version')!r} of {FORMAT} is not one this program reads "
            f"({VERSION}); use a newer program"
        )
    if extra := set(document) - _PARTS:
        raise GoldenError(f"the golden document has unknown parts: {', '.join(sorted(extra))}")
    try:
        check_episode_id(document["episode"])
        _check_chain(document)
        _check_blobs(document)
        content = {key: value for key, value in document.items() if key != "integrity"}
        if sha256_hex(canonical_bytes(content)) != document["integrity"]:
            raise GoldenError("the golden document was changed: it does not match its integrity hash")
    except BadEpisodeId as error:
        raise GoldenError(f"the golden document names no episode: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GoldenError(f"the golden document is not complete: {type(error).__name__}: {error}") from None
    return dict(document)


def import_document(store: DevLogStore, document: Mapping[str, Any]) -> Imported:
    """Put the episode of a golden document into ``store``.

    The log appears under its id complete or not at all. Importing what is there already changes nothing.

    Raises:
        GoldenError: the document was changed, or another episode of this id is there.
        DevLogFailed: the disk refused.
    """
    checked = check_document(document)
    episode: str = checked["episode"]
    count = len(checked["entries"])
    target = store.path(episode)
    if target.exists():
        _same_or_refuse(store, checked)
        return Imported(episode, count, created=False)
    try:
        store.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        work = Path(tempfile.mkdtemp(prefix=".import-", dir=store.directory))
        try:
            _write(work / episode, checked)
            (work / episode).rename(target)
            REAL.sync_directory(store.directory)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        if target.exists():  # somebody else was quicker
            _same_or_refuse(store, checked)
            return Imported(episode, count, created=False)
        raise GoldenError(f"cannot import {episode} into {store.directory}: {error.strerror}") from error
    return Imported(episode, count, created=True)


def _write(folder: Path, document: Mapping[str, Any]) -> None:
    with DevLog.create(folder, document["episode"]) as log:
        for data in document["blobs"].values():
            log.put_blob(base64.b64decode(data))
        at = 0
        for frame in document["frames"]:
            group = document["entries"][at : at + frame["count"]]
            log.append_group([item["entry"] for item in group])
            at += frame["count"]
        if log.head.sha256 != document["head"]["sha256"]:
            raise GoldenError("the imported log has another digest than the document")


def _same_or_refuse(store: DevLogStore, document: Mapping[str, Any]) -> None:
    episode = document["episode"]
    try:
        same = export_document(store.reader(episode)) == document
    except DevLogError as error:
        raise GoldenError(f"{store.path(episode)} is in the way and is not this episode: {error}") from error
    if not same:
        raise GoldenError(
            f"another episode is called {episode} in {store.directory}: its log differs from the "
            "document. Move that folder away, or import into another state folder"
        )


def _check_chain(document: Mapping[str, Any]) -> None:
    episode = document["episode"]
    lines: list[bytes] = []
    for seq, item in enumerate(document["entries"], 1):
        line = canonical_bytes(item["entry"])
        if (
            not isinstance(item["entry"], dict)
            or item.keys() != {"seq", "sha256", "entry"}
            or item["seq"] != seq
            or sha256_hex(line) != item["sha256"]
        ):
            raise GoldenError(f"entry {seq} of the golden document was changed: its content does not match its digest")
        lines.append(line)
    digest, at = genesis(episode), 0
    for frame in document["frames"]:
        group = lines[at : at + frame["count"]]
        if len(group) != frame["count"]:
            raise GoldenError(f"entry {len(lines) + 1} of the golden document is missing")
        _, digest = encode_frame(episode, at + 1, group, digest)
        if digest.hex() != frame["sha256"]:
            raise GoldenError(f"entry {at + 1} of the golden document was changed: its frame has another digest")
        at += frame["count"]
    if at != len(lines):
        raise GoldenError(f"entry {at + 1} of the golden document belongs to no frame")
    if document["head"] != {"seq": len(lines), "sha256": digest.hex()}:
        raise GoldenError("the golden document was changed: its head is not that of its entries")


def _check_blobs(document: Mapping[str, Any]) -> None:
    blobs: dict[str, str] = document["blobs"]
    needed = {
        sha256: item["seq"] for item in reversed(document["entries"]) for sha256 in blob_references(item["entry"])
    }
    for sha256, seq in needed.items():
        if sha256 not in blobs:
            raise GoldenError(f"the blob {sha256} of entry {seq} is missing in the golden document")
    for sha256, data in blobs.items():
        try:
            content = base64.b64decode(data, validate=True)
        except binascii.Error:
            content = b""
        if sha256_hex(content) != sha256 or base64.b64encode(content).decode() != data:
            where = f" of entry {needed[sha256]}" if sha256 in needed else ""
            raise GoldenError(f"the blob {sha256}{where} was changed: its content does not match its name")
        if sha256 not in needed:
            raise GoldenError(f"the blob {sha256} in the golden document belongs to no entry: it was added")
