"""The diary of an episode: an append-only log that a kill cannot break and anyone can check.

    >>> import tempfile
    >>> from rusta_devlog import DevLog, DevLogReader, verify
    >>> folder = tempfile.mkdtemp() + "/ep-1"
    >>> with DevLog.create(folder, "ep-1") as log:
    ...     receipt = log.append({"v": 1, "kind": "note", "data": {"text": "hello"}})
    >>> receipt.seq
    1
    >>> [(seq, entry["kind"]) for seq, sha256, entry in DevLogReader(folder)]
    [(1, 'note')]
    >>> report = verify(folder)
    >>> report.ok and report.head == receipt.sha256
    True

``append`` returns when the entry is on the disk. Entries are plain JSON mappings with at least a ``kind``; what a kind
means is the business of the layers above. Outputs over 16 KiB belong into :meth:`DevLog.put_blob`, named by the
entry's ``data.blob``. :class:`DevLogStore` holds the logs of many episodes. The index (:mod:`rusta_devlog.index`) is
derived and may be deleted; golden documents (:mod:`rusta_devlog.golden`) carry a whole episode in one file. An author
of another storage runs :class:`rusta_devlog.conformance.DevLogConformance` against it.
"""

from __future__ import annotations

from rusta_devlog.audit import Problem, VerifyReport, blob_references, verify
from rusta_devlog.errors import (
    BadEntry,
    BadEpisodeId,
    BlobError,
    DevLogDamaged,
    DevLogError,
    DevLogExists,
    DevLogFailed,
    DevLogLocked,
    DevLogNotFound,
    GoldenError,
    IndexFailed,
    UnknownEpisode,
)
from rusta_devlog.reader import DevLogReader, LoggedEntry
from rusta_devlog.recovery import utc_now
from rusta_devlog.store import DevLogStore, check_episode_id
from rusta_devlog.writer import DevLog, Head, Receipt

__all__ = [
    "BadEntry",
    "BadEpisodeId",
    "BlobError",
    "DevLog",
    "DevLogDamaged",
    "DevLogError",
    "DevLogExists",
    "DevLogFailed",
    "DevLogLocked",
    "DevLogNotFound",
    "DevLogReader",
    "DevLogStore",
    "GoldenError",
    "Head",
    "IndexFailed",
    "LoggedEntry",
    "Problem",
    "Receipt",
    "UnknownEpisode",
    "VerifyReport",
    "blob_references",
    "check_episode_id",
    "utc_now",
    "verify",
]
