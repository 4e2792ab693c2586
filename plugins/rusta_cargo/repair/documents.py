"""The documentation that came with the toolchain, by key, as documents that an anchor can cite.

Keys: ``E0308`` (an error code's page), ``lint:unused_must_use`` (a lint of rustc), ``reference:tokens.html#delimiters``
(a section of the Reference). A message without a code is led to the Reference by ``data/reference.toml``.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from rusta_cargo.repair.html_text import plain_text
from rusta_cargo.toolchain import Toolchain
from rusta_schemas.diagnostic import Category, Diagnostic

KEY = r"^(?:E\d{4}|lint:[a-z0-9_]+|reference:[a-z0-9_/-]+\.html(?:#[a-zA-Z0-9_.-]+)?)$"
_CODE = re.compile(r"E\d{4}")
_LINT = re.compile(r"[a-z0-9_]+")
_LINTS = ("deny-by-default", "warn-by-default", "allowed-by-default")
_HEADING = re.compile(r"<h([1-6])\b[^>]*>")
_EXPLAIN_TIMEOUT_S = 20


@dataclass(frozen=True)
class Document:
    """A document and the part of it that speaks of the key: bytes ``start..end`` of ``data``, as plain ``text``."""

    origin: str
    path: str
    data: bytes
    start: int
    end: int
    title: str
    text: str


def key_of(diagnostic: Diagnostic) -> str | None:
    """The documentation key of a message; None when nothing but the message itself can be cited."""
    if diagnostic.code is not None:
        return as_key(diagnostic.code)
    if diagnostic.category is Category.SYNTAX:
        return reference_key(diagnostic.message)
    return None


def as_key(text: str) -> str | None:
    """The key that a code (``E0308``, ``unused_must_use``) or a key stands for; None when it is neither."""
    if _LINT.fullmatch(text):
        return f"lint:{text}"
    return text if re.fullmatch(KEY, text) else None


def reference_key(message: str) -> str | None:
    """The section of the Reference that a syntax error is about."""
    return next((key for pattern, key in _rules() if pattern.search(message)), None)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = (files("rusta_cargo") / "repair" / "data" / "reference.toml").read_text("utf-8")
    return tuple((re.compile(rule["pattern"]), rule["key"]) for rule in tomllib.loads(text)["rule"])


def find_document(toolchain: Toolchain, key: str) -> Document | None:
    """The document for ``key``: the installed page, else (for an error code) what ``rustc --explain`` prints."""
    found = None
    if toolchain.docs is not None:
        found = _installed(toolchain.docs, f"rust-docs {toolchain.release}", key)
    if found is None and _CODE.fullmatch(key):
        found = _explained(toolchain, key)
    return found


def _installed(docs: Path, origin: str, key: str) -> Document | None:
    if _CODE.fullmatch(key):
        return _section(docs, origin, f"error_codes/{key}.html", None)
    kind, _, rest = key.partition(":")
    if kind == "lint":
        name = rest.replace("_", "-")
        pages = (f"rustc/lints/listing/{group}.html" for group in _LINTS)
        found = (_section(docs, origin, page, name) for page in pages)
        return next((document for document in found if document is not None), None)
    if kind == "reference":
        page, _, heading = rest.partition("#")
        return _section(docs, origin, f"reference/{page}", heading or None)
    return None


def _section(docs: Path, origin: str, path: str, heading: str | None) -> Document | None:
    """The part of a page below the heading with that identity, or all of its main part."""
    try:
        data = (docs / path).read_bytes()
        page = data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    start, end = page.find("<main>"), page.rfind("</main>")
    if start < 0 or end < start:
        return None
    start += len("<main>")
    if heading is not None:
        opening = re.compile(rf'<h([1-6]) id="{re.escape(heading)}"').search(page, start, end)
        if opening is None:
            return None
        level = int(opening[1])
        start = opening.start()
        following = (m.start() for m in _HEADING.finditer(page, opening.end(), end) if int(m[1]) <= level)
        end = next(following, end)
    part = page[start:end]
    start += len(part) - len(part.lstrip())
    part = part.strip()
    text = plain_text(part)
    first = len(page[:start].encode())
    return Document(origin, path, data, first, first + len(part.encode()), text.partition("\n")[0], text)


def _explained(toolchain: Toolchain, code: str) -> Document | None:
    if not toolchain.has("rustc"):
        return None
    try:
        answer = subprocess.run(
            [toolchain.tool("rustc"), "--explain", code],
            capture_output=True, timeout=_EXPLAIN_TIMEOUT_S, check=False, cwd="/",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode != 0 or not answer.stdout.strip():
        return None
    text = answer.stdout.decode("utf-8", "replace").strip()
    return Document(
        f"rustc --explain {toolchain.release}", code, answer.stdout, 0, len(answer.stdout), f"Error code {code}", text
    )  # fmt: skip
