"""Messages to learn from: what this toolchain's rustc says to the examples of its own documentation.

The error index, and the other installed books, hold programs that are said not to compile. They are compiled with
``--emit=metadata``, which runs none of them; nothing of the documentation is kept, only what the compiler said. That may
be kept in a file, a line for each program as its answer comes, so that a run may be stopped and goes on where it was.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from rusta_akida.errors import AkidaError
from rusta_cargo import Toolchain, classify

BOOKS = ("error_codes", "book", "reference", "nomicon", "rust-by-example")
_BLOCK = re.compile(r'<code class="language-rust([^"]*)">(.*?)</code>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_BROKEN = ("compile_fail", "does_not_compile")
_LONGEST_S = 60.0


class NothingToLearn(AkidaError):
    """The documentation is not installed, or none of its examples gave an error."""


@dataclass(frozen=True)
class Message:
    """text: what the compiler said. category: of the taxonomy. code: E0308 or "". source: SHA-256 of the program."""

    text: str
    category: str
    code: str
    source: str


@dataclass(frozen=True)
class _Said:
    """What the compiler said first to the program with this SHA-256; message "" when it had no error of its own."""

    source: str
    message: str = ""
    labels: tuple[str, ...] = ()
    code: str = ""


def collect_messages(
    toolchain: Toolchain,
    *,
    workers: int = 2,
    most: int | None = None,
    kept: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Message]:
    """The first error of every program that fails, in the order of the pages.

    Args:
        most: stop after this many programs.
        kept: a file of what was said earlier, which is not asked again; what is new is appended to it.
        progress: told how many programs are answered, and of how many.
    """
    if toolchain.docs is None:
        raise NothingToLearn("the documentation is not installed: rustup component add rust-docs")
    programs = {hashlib.sha256(job[0].encode()).hexdigest(): job for job in islice(_programs(toolchain.docs), most)}
    said = {digest: entry for digest, entry in _kept(kept).items() if digest in programs}
    tell = progress or (lambda _done, _all: None)
    tell(len(said), len(programs))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rusta-messages-")))
        lines = stack.enter_context(kept.open("a", encoding="utf-8")) if kept is not None else None
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        rustc = toolchain.tool("rustc")
        todo = [(digest, job) for digest, job in programs.items() if digest not in said]
        for entry in pool.map(lambda job: _first_error(rustc, folder, *job), todo):
            said[entry.source] = entry
            if lines is not None:
                lines.write(json.dumps(asdict(entry)) + "\n")
                lines.flush()
            tell(len(said), len(programs))
    found = [_message(said[digest]) for digest in programs if said[digest].message]
    if not found:
        raise NothingToLearn(f"none of {len(programs)} examples below {toolchain.docs} gave an error")
    return found


def _kept(path: Path | None) -> dict[str, _Said]:
    """What an earlier run was told. A line that is cut or of another form is asked again."""
    found: dict[str, _Said] = {}
    if path is None or not path.exists():
        return found
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):  # a run was stopped within its last line
        path.write_bytes(data[: data.rfind(b"\n") + 1])
    for line in data.decode("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
            said = _Said(entry["source"], entry["message"], tuple(entry["labels"]), entry["code"])
        except (ValueError, KeyError, TypeError):
            continue
        found[said.source] = said
    return found


def _message(said: _Said) -> Message:
    category = classify(said.code or None, said.message).category.value
    return Message(message_text(said.message, said.labels), category, said.code, said.source)


def _programs(docs: Path) -> Iterator[tuple[str, str]]:
    """(source, edition) of every example that is said not to compile, without repeats."""
    seen: set[str] = set()
    for book in BOOKS:
        default = "2015" if book == "error_codes" else "2021"
        for page in sorted((docs / book).rglob("*.html")):
            if page.name == "print.html":
                continue
            for block in _BLOCK.finditer(page.read_text("utf-8", "replace")):
                words = re.split(r"[ ,]+", block[1].strip())
                source = html.unescape(_TAG.sub("", block[2]))
                if not set(words) & set(_BROKEN) or source in seen:
                    continue
                seen.add(source)
                named = [word.removeprefix("edition") for word in words if word.startswith("edition2")]
                yield source, named[0] if named else default


def _first_error(rustc: Path, folder: Path, digest: str, program: tuple[str, str]) -> _Said:
    source, edition = program
    text = source if "fn main" in source else f"{source}\nfn main() {{}}\n"
    path = folder / f"{digest}.rs"
    path.write_text(text, "utf-8")
    options = [f"--edition={edition}", "--emit=metadata", "--error-format=json", f"--out-dir={folder}"]
    command = [str(rustc), *options, "--crate-name=example", "-Cmetadata=x", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=False, cwd=folder)
    except subprocess.TimeoutExpired:
        return _Said(digest)
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("level") == "error" and entry.get("spans"):
            code = (entry.get("code") or {}).get("code") or ""
            return _Said(digest, entry["message"], tuple(_labels(entry["spans"])), code)
    return _Said(digest)


def _labels(spans: Iterable[dict[str, object]]) -> list[str]:
    return [str(span["label"]) for span in spans if span.get("label")]


def message_text(message: str, labels: Iterable[str] = ()) -> str:
    """What goes into the reservoir: the message and the labels at its places, never the code of the error."""
    return "\n".join([message, *labels])
