"""``python -m rusta_devlog.validate FILE…``: check the form and the seal of golden files, without replaying them.

A file is a golden entry (see :class:`rusta_schemas.golden.GoldenEntry`) or an exported log. Checked are the published
form, every digest of the log in it, and that both speak of the same episode. Exit code 1 if any file fails.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rusta_devlog.errors import GoldenError
from rusta_devlog.golden import FORMAT, check_document
from rusta_devlog.terminal import printable
from rusta_schemas.errors import SchemaError


def validate(path: Path) -> str:
    """Check one file; gives what is in it, in a few words.

    Raises:
        GoldenError: the file cannot be read, has not the published form, or was tampered with.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise GoldenError(f"it cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise GoldenError(f"it is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise GoldenError("it is not a JSON object")
    if document.get("format") == FORMAT:
        return f"log of {document['episode']}, {_count(check_document(document))}"
    return _validate_entry(document)


def _validate_entry(document: dict[str, Any]) -> str:
    from pydantic import ValidationError

    from rusta_schemas.devlog import DevLogEntry, read_event
    from rusta_schemas.golden import GoldenEntry

    try:
        entry = GoldenEntry.model_validate(document)
        log = check_document(entry.log)
        for item in log["entries"]:
            read_event(DevLogEntry.model_validate(item["entry"]))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise GoldenError(f"it is not a golden entry: {place}: {first['msg']}") from None
    except SchemaError as error:
        raise GoldenError(f"its log is not as published: {error}") from None
    if log["episode"] != entry.episode:
        raise GoldenError(f"it is about {entry.episode}, but its log is of {log['episode']}")
    return f"{entry.name}, {_count(log)}"


def _count(log: dict[str, Any]) -> str:
    return f"{len(log['entries'])} entries, head {log['head']['sha256'][:16]}"


def main(arguments: Sequence[str]) -> int:
    """Check the files, tell about each, and give the exit code."""
    if not arguments:
        print("usage: python -m rusta_devlog.validate FILE…", file=sys.stderr)  # noqa: T201
        return 2
    failed = 0
    for name in arguments:
        try:
            said = f"ok: {validate(Path(name))}"
        except GoldenError as error:
            failed += 1
            said = f"PROBLEM: {error}"
        print(printable(f"{name}: {said}"))  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
