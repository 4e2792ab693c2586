"""The doors: ``rusta eval``, ``python -m rusta_eval`` and the rows of xtask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rusta_eval import plugin
from rusta_eval.cli import evaluate
from rusta_eval.runner import Place, run_all
from rusta_eval.trial import Settings
from xtask_lib import verbs

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "measure.md"


@pytest.mark.parametrize("name", sorted(evaluate.commands))
def test_every_verb_says_what_it_does(name: str) -> None:
    done = CliRunner().invoke(evaluate, [name, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith("Usage: eval " + name)


def test_every_row_of_xtask_names_a_verb_and_the_guide_names_every_row() -> None:
    rows = {name: verb for name, verb, _, _ in verbs.MEASUREMENTS}
    assert set(rows.values()) == set(evaluate.commands)
    assert set(rows) <= set(verbs.VERBS)
    guide = GUIDE.read_text(encoding="utf-8")
    assert [name for name in rows if name not in guide] == []


def test_declaring_the_plugin_loads_nothing_else() -> None:
    code = (
        "import sys, rusta_eval.plugin as p\n"
        "list(p.rusta_commands())\n"
        "print([m for m in ('click', 'pydantic', 'tree_sitter', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert [command.name for command in plugin.rusta_commands()] == ["eval"]


def test_an_error_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rusta_eval", "priors", str(tmp_path)], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: no records to learn from")
    assert "Traceback" not in done.stderr


def test_a_misspelt_proposer_is_told_before_anything_is_measured() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rusta_eval", "canary", "--without", "sugestions"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "suggestions" in done.stderr


def test_nothing_to_do_is_no_error(tmp_path: Path) -> None:
    place = Place(tmp_path / "out", tmp_path / "cache")
    assert run_all([], Settings(), place, show=False) == []
