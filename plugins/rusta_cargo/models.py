"""Arguments and results of the cargo tools.

Every tool is a pure function of (the base tree, ``edits``, its other arguments): a call may be repeated, replayed, and
run beside others. Paths are relative to the tree's root; spans are byte offsets, end exclusive.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from rusta_schemas.base import Closed, RelPath, Sha256
from rusta_schemas.diagnostic import Diagnostic, Span
from rusta_schemas.edits import Edit

Edition = Literal["2015", "2018", "2021", "2024"]


class TreeArgs(Closed):
    """The tree is the base with ``edits`` made."""

    edits: tuple[Edit, ...] = ()


class NoArgs(Closed):
    """No arguments."""


class BuildArgs(TreeArgs):
    """Which packages and features; nothing chosen is cargo's own default."""

    packages: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    all_features: bool = False
    no_default_features: bool = False


class CheckArgs(BuildArgs):
    """``targets``: "all" is cargo's --all-targets, "default" the library and the programs.

    ``warnings``: report them too; they are counted in any case.
    """

    targets: Literal["default", "all"] = "all"
    warnings: bool = False


class CheckReport(Closed):
    """What the compiler said. ``phase`` is the lowest among the errors, 99 when there are none."""

    ok: bool
    phase: int = Field(ge=0)
    errors: int = Field(ge=0)
    warnings: int = Field(ge=0)
    diagnostics: tuple[Diagnostic, ...] = ()
    command: str
    exit_code: int | None = Field(description="None when a signal ended the command")
    note: str = ""


class TestArgs(BuildArgs):
    """``filter``: only tests whose name contains it; ``only``: exactly these, by their names in a report.

    ``reruns``: how often failing tests are run again at most; the majority of a test's runs decides. ``limit_s``: how
    long all tests may run, the build not counted.
    """

    __test__ = False
    filter: str | None = None
    only: tuple[str, ...] = ()
    limit_s: float | None = Field(default=None, gt=0)
    reruns: int = Field(default=0, ge=0, le=10)
    doctests: bool = True


class TestFailure(Closed):
    """A test that failed: its message, the tail of what it printed, and where it panicked if it says so."""

    __test__ = False
    name: str
    message: str
    output: str = ""
    panicked_at: Span | None = None


class TestReport(Closed):
    """Names are ``package target::path::test``. Nothing ran when ``compiled`` is false; ``diagnostics`` say why.

    ``seconds`` is what running the test programs took, builds and the documentation's examples not counted.
    """

    __test__ = False
    compiled: bool
    ok: bool
    passed: tuple[str, ...] = ()
    failed: tuple[TestFailure, ...] = ()
    ignored: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    command: str
    exit_code: int | None
    diagnostics: tuple[Diagnostic, ...] = ()
    note: str = ""
    seconds: float = 0.0


class VariantArgs(BuildArgs):
    """Variants of the tree that are tested with one build. The edits of a variant fit the tree with ``edits`` made.

    ``tests``: the failing tests that a variant is for, by their names in a report. ``passing``: those that passed; they
    are run for a variant that makes fewer of ``tests`` fail. ``limit_s``: how long one run of a test program may take, at
    least; ten times what the unchanged tree needs is always allowed. ``edition``: of a standalone file.
    """

    variants: tuple[tuple[Edit, ...], ...] = Field(min_length=1, max_length=256)
    tests: tuple[str, ...] = Field(min_length=1)
    passing: tuple[str, ...] = ()
    limit_s: float = Field(default=5.0, gt=0)
    edition: Edition = "2021"


class VariantResult(Closed):
    """What became of one variant. ``failing`` of the wanted tests fail still, ``broken`` of those that passed fail now.

    ``status``: "ran"; "build": it does not compile; "apart": it cannot be tested together with others; "late": the time
    was up before its turn.
    """

    status: Literal["ran", "build", "apart", "late"]
    failing: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    stopped: bool = False


class VariantReport(Closed):
    """One result a variant, in their order. ``builds`` is how often the tests were built."""

    results: tuple[VariantResult, ...]
    builds: int = Field(ge=0)
    command: str


class TargetInfo(Closed):
    """One target of a package. ``src`` is relative to the tree where it lies inside it."""

    name: str
    kinds: tuple[str, ...]
    crate_types: tuple[str, ...]
    src: str
    edition: str
    test: bool
    doctest: bool
    harness: bool
    required_features: tuple[str, ...] = ()


class PackageInfo(Closed):
    """One package of the workspace."""

    name: str
    version: str
    edition: str
    rust_version: str | None = None
    manifest: str
    targets: tuple[TargetInfo, ...]
    features: tuple[str, ...] = ()
    path_dependencies: tuple[str, ...] = ()


class MetadataReport(Closed):
    """What cargo knows of the workspace. Folders are relative to the tree ("." is its root)."""

    packages: tuple[PackageInfo, ...]
    workspace_root: str
    default_members: tuple[str, ...] = ()


class FormatArgs(TreeArgs):
    """Format one file."""

    path: RelPath
    edition: Edition | None = None


class FormatReport(Closed):
    """``text`` is the formatted file, ``diff`` what changed."""

    changed: bool
    text: str
    diff: str


class SourceArgs(TreeArgs):
    """Either ``source`` (the text itself) or ``path`` (a file of the tree)."""

    source: str | None = None
    path: RelPath | None = None
    edition: Edition = "2021"

    @model_validator(mode="after")
    def _one_of_both(self) -> SourceArgs:
        if (self.source is None) == (self.path is None):
            raise ValueError("give either 'source' or 'path'")
        return self


class ProbeArgs(SourceArgs):
    """Compile one file. ``crate_type`` "auto": a program when it has ``fn main``. ``test``: with the test harness.

    ``run_tests`` also runs the tests; the result is then a :class:`TestReport`. ``reruns``, ``only`` and ``limit_s`` are
    those of :class:`TestArgs`.
    """

    crate_type: Literal["auto", "bin", "lib", "proc-macro"] = "auto"
    test: bool = False
    run_tests: bool = False
    warnings: bool = False
    reruns: int = Field(default=0, ge=0, le=10)
    only: tuple[str, ...] = ()
    limit_s: float | None = Field(default=None, gt=0)


class ParseReport(Closed):
    """Whether the text parses."""

    ok: bool
    diagnostics: tuple[Diagnostic, ...] = ()


class TypeQuery(Closed):
    """The expression at these bytes, in the tree with the edits made."""

    path: RelPath
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class TypeArgs(BuildArgs):
    """Types of many expressions in one run of the compiler."""

    queries: tuple[TypeQuery, ...] = Field(min_length=1, max_length=256)


class TypeAnswer(Closed):
    """``type`` as the compiler prints it, or None and the reason in ``why``."""

    path: str
    start: int
    end: int
    type: str | None
    via: Literal["probe", "rust-analyzer"] = "probe"
    why: str = ""


class TypeReport(Closed):
    """One answer a query, in their order."""

    types: tuple[TypeAnswer, ...]


class FileChange(Closed):
    """SHA-256 of a file before and after; None where it does not exist."""

    before: Sha256 | None
    after: Sha256 | None


class ApplyReport(Closed):
    """The exact change that the edits make to the tree."""

    files: dict[str, FileChange]
    k_lines: int
    k_files: int


class ReadArgs(TreeArgs):
    """Bytes ``start..end`` of a file; ``end`` None reads to its end."""

    path: RelPath
    start: int = Field(default=0, ge=0)
    end: int | None = Field(default=None, ge=0)


class SpanText(Closed):
    """``sha256`` and ``size`` are the whole file's. ``lossy``: the part is not UTF-8, bad bytes are shown as U+FFFD."""

    text: str
    sha256: Sha256
    size: int
    lossy: bool


class TreeHashes(Closed):
    """path → SHA-256 of the tree on disk as it is now."""

    files: dict[str, Sha256]
