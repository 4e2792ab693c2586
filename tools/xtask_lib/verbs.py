"""The table of verbs. A new verb is a function `(Context) -> exit code` and a row in `VERBS`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from xtask_lib import demo, suite
from xtask_lib.console import XtaskError, note, step
from xtask_lib.context import Context, timed
from xtask_lib.lock import environment_lock

# Modules that later work may move: each is run as `python -m MODULE ARGUMENTS`.
SCHEMAS = ("rusta_conductor.publish",)
ENTRIES_VALIDATE = ("rusta_conductor.golden", "--no-replay")
GOLDEN_REPLAY = ("rusta_conductor.golden",)
BENCH = "rusta_bench"
EVAL = "rusta_eval"

# Every measurement: the verb of xtask, the verb of rusta_eval, its line of help, and its own options.
MEASUREMENTS = (
    (
        "eval:slices",
        "slices",
        "measure repair on the broken examples of the documentation",
        "[--set index|docs|all]",
    ),
    (
        "eval:mutants",
        "mutants",
        "measure repair on mistakes in crates",
        "[--per-crate N] [--unseen] [--behaviour]",
    ),
    ("eval:programs", "programs", "measure repair on mistakes in the programs of the books", "[--unseen]"),
    ("eval:canary", "canary", "repair fixed small repositories with known answers", ""),
    ("eval:smoke", "smoke", "measure a small fixed sample, in less than a minute", ""),
    ("eval:ablation", "ablation", "measure what each proposer is worth", "[--proposer NAME]"),
    (
        "train:priors",
        "priors",
        "learn priors and confidence from the records of measurements",
        "[FOLDERS]",
    ),
)

# Every benchmark and what it compares; `python -m rusta_bench NAME` runs it.
BENCHES = {
    "burst": "spiking propagation against numpy, scipy, numba, Brian2 and NEST",
    "runtime": "the conductor and the DevLog against bare loops and sqlite3",
    "akida": "reservoirs against reservoirpy, 4-bit readouts, devices and swaps",
    "hecate": "the byte model: gradients, kernels, training step, serving, quality",
}

# Modules of the byte model that are run as they are: the verb, the module, its line of help, its options.
MODEL_WORK = (
    (
        "train:sweep",
        "rusta_hecate.sweep",
        "train every valid pair of memory rule and strategy, and judge it; `falsify`: two frequencies or one",
        "[pairs|falsify] [--steps N ...] [--out FOLDER] [--jobs N] [--rule NAME ...] [--strategy NAME ...] [--text FILE]",
    ),
    (
        "spike:enzyme",
        "rusta_hecate.spike",
        "try whether Enzyme can differentiate a memory rule in Rust here",
        "[--write [FILE]]",
    ),
)

GOLDEN_ENTRIES = "tests/golden"
# Not the lock file: a run that waits for it would go on with a lock that nobody else sees.
BUILD_OUTPUTS = (
    ".venv",
    "build/xtask/install.log",
    "dist",
    "native/target",
    "native/rusta_native/_bin",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
)
SOURCE_ROOTS = ("schemas", "devlog", "conductor", "plugins", "native", "tests", "tools", "examples")


@dataclass(frozen=True)
class Verb:
    """One thing xtask can do: its name, a line of help, what runs it, and what that needs."""

    name: str
    help: str
    run: Callable[[Context], int]
    usage: str = ""
    details: str = ""
    needs_venv: bool = True
    needs_rust: bool = True


def setup(context: Context) -> int:
    """Nothing is left to do: the set-up came before the verb."""
    note(f"ready: {context.place.venv}")
    return 0


def doctor(context: Context) -> int:
    return context.environment.run([context.place.rusta, "doctor", *context.arguments])


def schemas(context: Context) -> int:
    what = "comparing" if "--check" in context.arguments else "generating"
    with timed(f"{what} schemas/rusta_schemas/v1"):
        return context.environment.module(*SCHEMAS, *context.arguments)


def entries_validate(context: Context) -> int:
    paths = list(context.arguments)
    if not paths:
        folder = context.place.root / GOLDEN_ENTRIES
        paths = [str(p.relative_to(context.place.root)) for p in sorted(folder.rglob("*.json"))]
        if not paths:
            raise XtaskError(f"no golden entry below {GOLDEN_ENTRIES}; name the files to validate")
    with timed(f"validating {len(paths)} golden entries"):
        return context.environment.module(*ENTRIES_VALIDATE, *paths)


def golden_replay(context: Context) -> int:
    with timed("replaying the golden sessions"):
        return context.environment.module(*GOLDEN_REPLAY, *context.arguments)


def bench(context: Context) -> int:
    if not context.arguments or context.arguments[0] not in BENCHES:
        lines = [f"  {name:12} {what}" for name, what in BENCHES.items()]
        asked = f"no benchmark is called {context.arguments[0]!r}" if context.arguments else ""
        raise XtaskError("\n".join([asked or "which benchmark?", *lines]), code=2)
    with timed(f"benchmark {context.arguments[0]}"):
        tools = str(context.place.root / "tools")
        return context.environment.module(BENCH, *context.arguments, env={"PYTHONPATH": tools})


def _measurement(verb: str) -> Callable[[Context], int]:
    def run(context: Context) -> int:
        with timed(verb):
            return context.environment.module(EVAL, verb, *context.arguments)

    return run


def _model_work(verb: str, module: str) -> Callable[[Context], int]:
    def run(context: Context) -> int:
        with timed(verb):
            return context.environment.module(module, *context.arguments)

    return run


def fmt(context: Context) -> int:
    code = 0
    for name, command in suite.formatters(context):
        with timed(name):
            code = context.environment.run(command) or code
    return code


def clean(context: Context) -> int:
    root = context.place.root
    caches = (p for r in SOURCE_ROOTS for p in (root / r).rglob("__pycache__"))
    with environment_lock(context.place.state) as lock, step("removing what was built"):
        lock.exclude()
        for path in _existing([*(root / name for name in BUILD_OUTPUTS), *caches]):
            note(str(path.relative_to(root)))
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    return 0


def _existing(paths: Iterable[Path]) -> list[Path]:
    return sorted({p for p in paths if p.exists() or p.is_symlink()})


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            "demo",
            "set up, then repair a broken crate end to end: proof, patch, apply, rollback, replay",
            demo.run,
            usage="[CRATE] [--keep]",
            details="CRATE is the name of a folder below examples/broken, or a path.\n"
            "--keep leaves the temporary folder for a look at what was made.",
        ),
        Verb(
            "test",
            "run the tests (the quick ones)",
            suite.test,
            usage="[--slow] [--chunk K/N] [PYTEST ARGUMENTS]",
            details="--slow runs the tests marked slow, and only those.\n"
            "--chunk K/N runs the K-th of N parts of the test files, for machines with a limit.\n"
            "Everything else goes to pytest; -n 2 is used unless you say otherwise.",
        ),
        Verb(
            "lint",
            "check style, types, layers, native code and that the schemas are up to date",
            suite.lint,
        ),
        Verb("fmt", "format the sources", fmt),
        Verb(
            "doctor",
            "say what this machine has and what is missing",
            doctor,
            usage="[--json]",
            needs_rust=False,
        ),
        Verb(
            "schemas",
            "write schemas/rusta_schemas/v1 from the models",
            schemas,
            usage="[--check]",
            details="--check writes nothing and fails when the files are out of date.",
            needs_rust=False,
        ),
        Verb(
            "entries:validate",
            "validate golden entries",
            entries_validate,
            usage="[PATHS]",
            details=f"Without PATHS: every JSON file below {GOLDEN_ENTRIES}.",
            needs_rust=False,
        ),
        Verb(
            "golden:replay",
            "replay the golden sessions: no tool runs, every decision must be the same",
            golden_replay,
            usage="[PATHS]",
            needs_rust=False,
        ),
        Verb(
            "bench",
            "compare with named peers, as ratios of one run",
            bench,
            usage="NAME [--only PART] [--json FILE] [--go-on] [--quick]",
            details="\n".join(
                [
                    *(f"{name:12} {what}" for name, what in BENCHES.items()),
                    "--only measures one part of several, --json keeps the figures, --go-on leaves out what FILE has.",
                ]
            ),
        ),
        *(
            Verb(
                name,
                text,
                _measurement(verb),
                usage=f"{own} [OPTIONS]".strip(),
                details=f"`rusta eval {verb} --help` lists the options.\n"
                "docs/how-to/measure.md tells how to read the result.",
            )
            for name, verb, text, own in MEASUREMENTS
        ),
        *(Verb(name, text, _model_work(name, module), usage=usage) for name, module, text, usage in MODEL_WORK),
        Verb("setup", "make or heal .venv and nothing else", setup),
        Verb(
            "clean",
            "remove .venv and everything that was built",
            clean,
            needs_venv=False,
            needs_rust=False,
        ),
    )
}
