"""Running ``rusta``: in this process through click, and as the installed program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rusta_conductor import builtin
from rusta_conductor.cli import Context, rusta
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost

RUSTA = Path(sys.executable).with_name("rusta")


@dataclass
class Shell:
    """``rusta`` with a host of its own and a state folder of its own."""

    home: Home
    host: PluginHost

    def __call__(self, *arguments: str | Path, **options: Any) -> Result:
        context = Context.of(self.host, self.home)
        return CliRunner().invoke(rusta, [str(a) for a in arguments], obj=context, **options)

    def json(self, *arguments: str | Path) -> list[Any]:
        """The JSON objects that a successful command printed."""
        done = self(*arguments, "--json")
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = Home(tmp_path / "home").ready()
    monkeypatch.setenv("RUSTA_HOME", str(made.path))
    return made


@pytest.fixture
def host() -> PluginHost:
    made = PluginHost(strict=True)
    made.register(builtin, name="conductor", distribution="rusta")
    return made


@pytest.fixture
def shell(home: Home, host: PluginHost) -> Shell:
    return Shell(home, host)


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The installed program, with its state below ``tmp_path`` and, of the plugins, only the runtime's own."""

    def run(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RUSTA_", "COV"))}
        surroundings = {**kept, "RUSTA_HOME": str(tmp_path / "home"), "RUSTA_PLUGINS": "", **env}
        return subprocess.run(
            [RUSTA, *arguments],
            env={k: v for k, v in surroundings.items() if v != "(unset)"},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def bundle_file(tmp_path: Path) -> tuple[Path, Path]:
    """A bundle's file, and the tree it fits: a.txt is "old", and becomes "new"."""
    from rusta_schemas.base import to_json
    from rusta_schemas.bundle import Proof, Risk, make_bundle
    from rusta_schemas.canonical import sha256_hex
    from rusta_schemas.edits import diff_edits

    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.txt").write_bytes(b"old\n")
    bundle = make_bundle(
        episode="20250101-000000-0a0b0c0d",
        created="2025-01-01T00:00:00.000000Z",
        domain="test",
        root=str(tree),
        summary="make it \x1b[31mnew",
        edits=diff_edits("a.txt", b"old\n", b"new\n"),
        base_hashes={"a.txt": sha256_hex(b"old\n")},
        result_hashes={"a.txt": sha256_hex(b"new\n")},
        k_lines=1,
        k_files=1,
        risk=Risk.LOW,
        confidence=1.0,
        proof=Proof(green=True, steps=(), sandbox="overlay"),
        log_head="b" * 64,
    )
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(to_json(bundle)))
    return path, tree
