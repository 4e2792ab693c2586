"""Messages to learn from: what this toolchain's rustc says to the examples of its own documentation.

The error index, and the other installed books, hold programs that are said not to compile. They are compiled with
``--emit=metadata``, which runs none of them; nothing of the documentation is kept, only what the compiler said.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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


def collect_messages(toolchain: Toolchain, *, workers: int = 2, most: int | None = None) -> list[Message]:
    """The first error of every program that fails, in the order of the pages.

    Args:
        most: stop after this many programs.
    """
    if toolchain.docs is None:
        raise NothingToLearn("the documentation is not installed: rustup component add rust-docs")
    programs = list(_programs(toolchain.docs))[:most]
    with tempfile.TemporaryDirectory(prefix="rusta-messages-") as folder, ThreadPoolExecutor(workers) as pool:
        rustc = toolchain.tool("rustc")
        answers = pool.map(lambda job: _first_error(rustc, Path(folder), *job), enumerate(programs))
        found = [message for message in answers if message is not None]
    if not found:
        raise NothingToLearn(f"none of {len(programs)} examples below {toolchain.docs} gave an error")
    return found


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


def _first_error(rustc: Path, folder: Path, number: int, program: tuple[str, str]) -> Message | None:
    source, edition = program
    text = source if "fn main" in source else f"{source}\nfn main() {{}}\n"
    path = folder / f"{number}.rs"
    path.write_text(text, "utf-8")
    options = [f"--edition={edition}", "--emit=metadata", "--error-format=json", f"--out-dir={folder}"]
    command = [str(rustc), *options, "--crate-name=example", "-Cmetadata=x", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=False, cwd=folder)
    except subprocess.TimeoutExpired:
        return None
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("level") == "error" and entry.get("spans"):
            code = (entry.get("code") or {}).get("code") or ""
            category = classify(code or None, entry["message"]).category.value
            digest = hashlib.sha256(source.encode()).hexdigest()
            return Message(message_text(entry["message"], _labels(entry["spans"])), category, code, digest)
    return None


def _labels(spans: Iterable[dict[str, object]]) -> list[str]:
    return [str(span["label"]) for span in spans if span.get("label")]


def message_text(message: str, labels: Iterable[str] = ()) -> str:
    """What goes into the reservoir: the message and the labels at its places, never the code of the error."""
    return "\n".join([message, *labels])
