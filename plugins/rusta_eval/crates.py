"""Real crates found on this machine, made ready to build offline, and kept when their tests pass in time.

Where they come from: the sources that Debian's ``librust-*-dev`` packages install, and folders that are named.
Preparing one means: a copy, a manifest cut down to what is here (:mod:`rusta_eval.manifests`), a source replacement
that points at the registry folder, and test targets that do not build taken out. What came of it is kept in the
cache.
"""

from __future__ import annotations

import json
import re
import shutil
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from rusta_cargo import Toolchain
from rusta_eval.cases import write_json
from rusta_eval.errors import EvalError
from rusta_eval.judge import failing, passing
from rusta_eval.lab import REGISTRY, Lab
from rusta_eval.manifests import DEPENDENCIES, LIB_TEST, absent, to_toml, trimmed

FORMAT = 2
_NAMED = re.compile(r"`([A-Za-z0-9_-]+)[ =`]")
_UNBUILT = re.compile(r'could not compile `[^`]+` \((?:(?:test|example) "([^"]+)"|(lib) test)')
_CONFIG = """[source.crates-io]
replace-with = "here"

[source.here]
directory = "{registry}"
"""

_CAPPED = """
[build]
rustflags = ["--cap-lints", "warn"]
"""
_CONFIG_PATH = ".cargo/config.toml"
_ROUNDS = 12


@dataclass(frozen=True)
class Crate:
    """A prepared crate. folder: where it lies; tests: how often each passed; test_s: seconds of the second run."""

    name: str
    folder: str
    ok: bool
    why: str
    tests: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    build_s: float = 0.0
    test_s: float = 0.0

    @property
    def expected(self) -> Counter[str]:
        return Counter(self.tests)


def sources(registry: Path, extra: Iterable[Path] = ()) -> list[Path]:
    """Folders of crates: all of the registry, and those below the ``extra`` folders, by name."""
    found = [p.parent for p in registry.glob("*/Cargo.toml")] if registry.is_dir() else []
    for folder in extra:
        if not folder.is_dir():
            raise EvalError(f"{folder} is not a folder; --crates takes a folder of crates, or a crate")
        own = folder / "Cargo.toml"
        found += [folder] if own.is_file() else [p.parent for p in folder.glob("*/Cargo.toml")]
    return sorted(dict.fromkeys(path.resolve() for path in found), key=lambda p: p.name)


def prepare(
    source: Path,
    toolchain: Toolchain,
    cache: Path,
    registry: Path = REGISTRY,
    limit_s: float = 60.0,
) -> Crate:
    """The crate at ``source``, from the cache if it was prepared before. ``ok`` tells whether it can be used."""
    key = _content_key(source)
    name = f"{source.name}-{key[:8]}"
    folder = cache / "crates" / f"{toolchain.identity[:8]}-{FORMAT}" / name
    record = record_of(folder)
    if record.is_file() and folder.is_dir():
        return load(folder)
    try:
        crate = _prepared(source, folder, toolchain, cache, registry, limit_s)
    except (OSError, ValueError) as error:
        crate = Crate(source.name, str(folder), False, f"cannot be read: {error}")
    write_json(record, asdict(crate))
    return crate


def record_of(folder: Path) -> Path:
    """Where it is kept what became of a prepared crate."""
    return folder.with_name(f"{folder.name}.json")


def load(folder: Path) -> Crate:
    """A crate that was prepared before."""
    return Crate(**json.loads(record_of(folder).read_text(encoding="utf-8")))


def _content_key(source: Path) -> str:
    parts = sha256()
    for path in sorted(source.rglob("*")):
        if path.is_file() and "target" not in path.relative_to(source).parts:
            parts.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return parts.hexdigest()


class _Unfit(Exception):
    """The crate cannot be used; the message says why."""


def _prepared(source: Path, folder: Path, toolchain: Toolchain, cache: Path, registry: Path, limit_s: float) -> Crate:
    if folder.exists():
        shutil.rmtree(folder)
    left = shutil.ignore_patterns("target", ".git*", "benches", ".cargo*")
    shutil.copytree(source, folder, ignore=left)
    (folder / ".cargo").mkdir()
    (folder / _CONFIG_PATH).write_text(_CONFIG.format(registry=registry), encoding="utf-8")
    try:
        with Lab(folder, cache / "lab", toolchain, (registry,)) as lab:
            work = _Preparation(source, folder, registry, lab, limit_s)
            crate = work.run()
    except _Unfit as unfit:
        return Crate(source.name, str(folder), False, str(unfit))
    for path, data in work.laid.items():
        if data is None:
            (folder / path).unlink(missing_ok=True)
        else:
            (folder / path).write_bytes(data)
    return crate


class _Preparation:
    """One crate on its way; ``laid`` is what has to differ from its copy in ``folder``."""

    def __init__(self, source: Path, folder: Path, registry: Path, lab: Lab, limit_s: float) -> None:
        self._manifest = tomllib.loads((source / "Cargo.toml").read_text(encoding="utf-8"))
        self._source, self._folder, self._registry = source, folder, registry
        self._lab, self._limit_s = lab, limit_s
        self._available = {_package_name(p) for p in registry.glob("*/Cargo.toml")}
        self._without = absent(self._manifest, lambda path: (folder / path).is_file())
        self.laid: dict[str, bytes | None] = {}

    def run(self) -> Crate:
        if "package" not in self._manifest:
            raise _Unfit("it has no package")
        self._resolve()
        began = time.monotonic()
        self._build()
        build_s = time.monotonic() - began
        first, _ = self._test()
        second, test_s = self._test()
        checked = self._lab.cargo("check", "--all-targets", timeout_s=10 * self._limit_s)
        if not checked.ok:
            raise _Unfit(f"cargo check --all-targets fails: {_last(checked.stderr)}")
        stable = first & second
        if not stable:
            raise _Unfit("it has no tests")
        return Crate(
            name=self._source.name,
            folder=str(self._folder),
            ok=True,
            why="",
            tests=dict(sorted(stable.items())),
            lines=sum(path.read_bytes().count(b"\n") for path in rust_files(self._folder)),
            build_s=round(build_s, 2),
            test_s=round(test_s, 2),
        )

    def _lay(self, **files: bytes | None) -> None:
        self.laid.update(files)
        text = to_toml(trimmed(self._manifest, self._available, self._without))
        self.laid["Cargo.toml"] = text.encode()
        self._lab.lay(self.laid)

    def _resolve(self) -> None:
        """Leave out dependencies until cargo finds all that are left."""
        if (self._folder / "Cargo.lock").exists():
            self.laid["Cargo.lock"] = None
        for _ in range(_ROUNDS):
            self._lay()
            done = self._lab.cargo("generate-lockfile", "--offline", timeout_s=60)
            if done.ok:
                self.laid["Cargo.lock"] = self._lab.changes().get("Cargo.lock")
                return
            text = (self.laid["Cargo.toml"] or b"").decode()
            name = _at_fault(done.stderr, text, self._available)
            if name is None:
                break
            self._available.discard(name)
        raise _Unfit(f"its dependencies are not here: {_last(done.stderr)}")

    def _build(self) -> None:
        """Leave out test programs that do not build, and let lints pass that were denied when they found less."""
        capped = False
        for _ in range(_ROUNDS):
            done = self._lab.cargo("test", "--no-run", "--no-fail-fast", timeout_s=10 * self._limit_s)
            if done.ok:
                return
            found = _UNBUILT.findall(done.stderr.decode("utf-8", "replace"))
            unbuilt = {target or LIB_TEST for target, _ in found} - self._without
            if unbuilt:
                self._without |= unbuilt
                places = (
                    place
                    for target in sorted(unbuilt)
                    for place in (
                        f"tests/{target}.rs",
                        f"examples/{target}.rs",
                        f"tests/{target}/main.rs",
                    )
                    if (self._folder / place).is_file()
                )
                self._lay(**dict.fromkeys(places))
            elif not capped:
                capped = True
                text = _CONFIG.format(registry=self._registry) + _CAPPED
                self._lay(**{_CONFIG_PATH: text.encode()})
            else:
                break
        raise _Unfit(f"it does not build: {_last(done.stderr)}")

    def _test(self) -> tuple[Counter[str], float]:
        """The tests that pass, and the seconds that takes."""
        began = time.monotonic()
        done = self._lab.cargo("test", "--no-fail-fast", timeout_s=self._limit_s)
        seconds = time.monotonic() - began
        if done.stopped is not None:
            raise _Unfit(f"its tests take more than {self._limit_s:g} s")
        output = done.stdout.decode("utf-8", "replace")
        if not done.ok:
            raise _Unfit(f"its tests fail: {next(iter(failing(output)), _last(done.stderr))}")
        return passing(output), seconds


def _at_fault(stderr: bytes, manifest: str, available: Iterable[str]) -> str | None:
    """The dependency of our own that cargo cannot resolve, however deep the reason lies."""
    tables = tomllib.loads(manifest)
    holders = [tables, *tables.get("target", {}).values()]
    direct = {
        wanted.get("package", name) if isinstance(wanted, dict) else name
        for holder in holders
        for kind in DEPENDENCIES
        for name, wanted in holder.get(kind, {}).items()
    }
    named = _NAMED.findall(stderr.decode("utf-8", "replace"))
    return next((name for name in named if name in direct and name in available), None)


def rust_files(folder: Path) -> list[Path]:
    """Every ``.rs`` file of a prepared crate, by path."""
    return sorted(p for p in folder.rglob("*.rs") if "target" not in p.relative_to(folder).parts)


def read_tree(folder: Path) -> dict[str, bytes]:
    """The Rust files and the manifest of a crate, by path."""
    files = [*rust_files(folder), folder / "Cargo.toml"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _package_name(manifest: Path) -> str:
    try:
        return str(tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]["name"])
    except (OSError, ValueError, KeyError):
        return manifest.parent.name.rpartition("-")[0]


def _last(stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error")]
    return (errors or lines or ["no message"])[0][:160]


def prepare_all(
    folders: Sequence[Path],
    toolchain: Toolchain,
    cache: Path,
    registry: Path = REGISTRY,
    tell: Callable[[str], None] = lambda _text: None,
) -> list[Crate]:
    """All crates, one after the other; says what became of each that was not known."""
    found = []
    for folder in folders:
        crate = prepare(folder, toolchain, cache, registry)
        tell(f"{crate.name}: {f'{sum(crate.tests.values())} tests, {crate.test_s:g} s' if crate.ok else crate.why}")
        found.append(crate)
    return found
