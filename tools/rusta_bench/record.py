"""The file that a benchmark keeps its figures in, whole after every row, so that a part can be measured again."""

from __future__ import annotations

import json
from pathlib import Path

from rusta_bench.table import Row


class Record:
    """Rows by part. ``path`` None keeps nothing; a file that is there already is taken up.

    Raises:
        ValueError: the file holds something else.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._rows: list[dict[str, object]] = []
        if path is not None and path.exists():
            try:
                found = json.loads(path.read_text("utf-8"))
            except ValueError as error:
                raise ValueError(f"{path} is no JSON: {error}; name another file or remove it") from None
            if not isinstance(found, list) or not all(isinstance(row, dict) and "part" in row for row in found):
                raise ValueError(f"{path} holds no rows of a benchmark; name another file or remove it")
            self._rows = found

    def parts(self) -> set[str]:
        """The parts that were measured to their end."""
        return {str(row["part"]) for row in self._rows if row.get("whole")}

    def begin(self, part: str) -> None:
        """Forget what is known of ``part``."""
        self._rows = [row for row in self._rows if row["part"] != part]

    def add(self, part: str, row: Row) -> None:
        self._rows.append({"part": part, **row.to_json(), "whole": False})
        self._write()

    def end(self, part: str) -> None:
        """All rows of ``part`` are there."""
        for row in self._rows:
            row["whole"] = row["whole"] or row["part"] == part
        self._write()

    def _write(self) -> None:
        if self._path is not None:
            fresh = self._path.with_name(self._path.name + ".new")
            fresh.write_text(json.dumps(self._rows, indent=2) + "\n", "utf-8")
            fresh.replace(self._path)
