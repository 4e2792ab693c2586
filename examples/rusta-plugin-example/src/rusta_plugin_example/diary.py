"""One line in a file for every closed episode, when the variable ``RUSTA_EXAMPLE_DIARY`` names the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rusta_schemas.devlog import DevLogEntry

VARIABLE = "RUSTA_EXAMPLE_DIARY"


def write_line(entry: DevLogEntry) -> None:
    """Append ``entry``'s time, episode, outcome and summary, separated by tabs.

    Raises:
        OSError: the file cannot be written. The host reports it and goes on: an observer cannot stop an episode.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return
    fields = (entry.ts, entry.episode, entry.data.get("outcome"), entry.data.get("summary"))
    line = "\t".join(" ".join(str(field).split()) for field in fields)
    # One write of a short line to a file opened for appending: lines of concurrent episodes do not mix.
    with Path(name).open("a", encoding="utf-8") as diary:
        diary.write(line + "\n")
