"""The exit codes of ``rusta``, as data: the code that sets them and the documentation both read this table."""

from __future__ import annotations

OK = 0
FAILED = 1
USAGE = 2
BUDGET = 3
UNKNOWN_OUTCOME = 4
DIVERGENCE = 5
ABSTAINED = 10
INTERNAL = 70
INTERRUPTED = 130

MEANINGS: dict[int, tuple[str, str]] = {
    OK: ("done", "what was asked for is done"),
    FAILED: ("failed", "it was tried and did not succeed, was refused, or a check found a problem"),
    USAGE: ("usage", "the command line, a name or an input file is not right; nothing was done"),
    BUDGET: ("budget", "a budget is used up; `rusta resume EPISODE --budget NAME=N` goes on"),
    UNKNOWN_OUTCOME: (
        "unknown",
        "an earlier process died in a call with a lasting effect, and nobody can tell whether it happened",
    ),
    DIVERGENCE: ("diverged", "a replay decided something else than the record says"),
    ABSTAINED: (
        "abstained",
        "the episode ended well and without a proposal: it says what it lacks",
    ),
    INTERNAL: ("internal", "a fault in rusta or a plugin; the message names a report file"),
    INTERRUPTED: ("interrupted", "Ctrl-C or SIGTERM; an episode is parked and can be resumed"),
}

# How an episode's outcome becomes an exit code, unless its domain says it better (``exit_code(result)``).
OUTCOMES: dict[str, int] = {
    "abstained": ABSTAINED,
    "nothing_to_do": OK,
    "failed": FAILED,
    "refused": FAILED,
    "unproved": FAILED,
}


def code_of(error: BaseException) -> int | None:
    """The exit code for an error that a user can act on; None for one that is our fault."""
    from rusta_conductor.errors import RustaError
    from rusta_schemas.errors import SchemaError

    if isinstance(error, RustaError):
        return error.exit_code
    if isinstance(error, SchemaError):
        return USAGE
    return _devlog_code(error)


def _devlog_code(error: BaseException) -> int | None:
    import rusta_devlog

    bad_input = (
        rusta_devlog.BadEpisodeId,
        rusta_devlog.DevLogExists,
        rusta_devlog.DevLogNotFound,
        rusta_devlog.GoldenError,
        rusta_devlog.UnknownEpisode,
    )
    if isinstance(error, bad_input):
        return USAGE
    return FAILED if isinstance(error, rusta_devlog.DevLogError) else None
