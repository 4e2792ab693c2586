"""Real crates found on this machine, made ready to build offline, and kept when their tests pass in time.

Where they come from: the sources that Debian's ``librust-*-dev`` packages install, and folders that are named. Preparing one
means: a copy, a manifest cut down to what is here (:mod:`rusta_eval.manifests`), a source replacement that points at the
registry folder, and test targets that do not build taken out. What came of it is kept in the cache.
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
from typing import Any

from rusta_cargo import Toolchain

from rusta_eval.cases import write_json
from rusta_eval.errors import EvalError
from rusta_eval.judge import failing, passing
from rusta_eval.lab import REGISTRY, Lab
from rusta_eval.manifests import DEPENDENCIES, LIB_TEST, to_toml, trimmed

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


@dataclass(frozen=True)
class Crate:
    """A prepared crate. folder: where it lies; tests: how often each test passed; seconds: of a second build and test run."""

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


def _prepared(
    source: Path, folder: Path, toolchain: Toolchain, cache: Path, registry: Path, limit_s: float
) -> Crate:
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("target", ".git*", "benches", ".cargo*"))
    manifest = tomllib.loads((source / "Cargo.toml").read_text(encoding="utf-8"))
    if "package" not in manifest:
        return Crate(source.name, str(folder), False, "it has no package")
    available = {_package_name(p) for p in registry.glob("*/Cargo.toml")}
    (folder / ".cargo").mkdir()
    (folder / _CONFIG_PATH).write_text(_CONFIG.format(registry=registry), encoding="utf-8")
    without: set[str] = set()

    def failed(why: str) -> Crate:
        return Crate(source.name, str(folder), False, why)

    with Lab(folder, cache / "lab", toolchain, (registry,)) as lab:
        for _ in range(12):
            text = to_manifest(manifest, available, without)
            old = {"Cargo.lock": None} if (folder / "Cargo.lock").exists() else {}
            lab.lay({"Cargo.toml": text.encode(), **old})
            done = lab.cargo("generate-lockfile", "--offline", timeout_s=60)
            name = None if done.ok else _at_fault(done.stderr, text, available)
            if name is None:
                break
            available.discard(name)
        if not done.ok:
            return failed(f"its dependencies are not here: {_last(done.stderr)}")
        laid: dict[str, bytes | None] = {
            path: data for path, data in lab.changes().items() if path in ("Cargo.toml", "Cargo.lock")
        }
        capped = False
        began = time.monotonic()
        for _ in range(6):
            done = lab.cargo("test", "--no-run", "--no-fail-fast", timeout_s=10 * limit_s)
            if done.ok:
                break
            found = _UNBUILT.findall(done.stderr.decode("utf-8", "replace"))
            unbuilt = {target or LIB_TEST for target, _ in found} - without
            if not unbuilt and not capped:
                # Lints that were denied when the crate was written, and have come to find more since.
                capped = True
                laid[_CONFIG_PATH] = (_CONFIG.format(registry=registry) + _CAPPED).encode()
                lab.lay(laid)
                continue
            if not unbuilt:
                return failed(f"it does not build: {_last(done.stderr)}")
            without |= unbuilt
            for target in unbuilt:
                for place in (f"tests/{target}.rs", f"examples/{target}.rs", f"tests/{target}/main.rs"):
                    if (folder / place).is_file():
                        laid[place] = None
            laid["Cargo.toml"] = to_manifest(manifest, available, without).encode()
            lab.lay(laid)
        else:
            return failed("it does not build")
        build_s = time.monotonic() - began
        runs: list[Counter[str]] = []
        failures: Counter[str] = Counter()
        for _ in range(2):
            began = time.monotonic()
            done = lab.cargo("test", "--no-fail-fast", timeout_s=limit_s)
            test_s = time.monotonic() - began
            if done.stopped is not None:
                return failed(f"its tests take more than {limit_s:g} s")
            output = done.stdout.decode("utf-8", "replace")
            runs.append(passing(output))
            failures += failing(output)
            if not done.ok:
                return failed(f"its tests fail: {next(iter(failures), _last(done.stderr))}")
        done = lab.cargo("check", "--all-targets", timeout_s=limit_s)
        if not done.ok:
            return failed(f"cargo check --all-targets fails: {_last(done.stderr)}")
    for path, data in laid.items():
        if data is None:
            (folder / path).unlink(missing_ok=True)
        else:
            (folder / path).write_bytes(data)
    stable = runs[0] & runs[1]
    lines = sum(p.read_bytes().count(b"\n") for p in rust_files(folder))
    if not stable:
        return failed("it has no tests")
    return Crate(source.name, str(folder), True, "", dict(sorted(stable.items())), lines, round(build_s, 2), round(test_s, 2))  # fmt: skip


def to_manifest(manifest: dict[str, Any], available: Iterable[str], without: Iterable[str]) -> str:
    """The text of the manifest that a prepared crate gets."""
    return to_toml(trimmed(manifest, set(available), set(without)))


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
