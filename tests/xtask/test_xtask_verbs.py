"""The command line of xtask: help, unknown verbs, and what `test` gives pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xtask_lib import suite, verbs
from xtask_lib.console import XtaskError
from xtask_lib.main import find_verb, main

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {
    *("demo", "test", "doctor", "schemas", "entries:validate", "golden:replay", "bench"),
    *("lint", "fmt", "clean"),
}


def xtask(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the real thing, as a user would."""
    return subprocess.run(
        [sys.executable, str(ROOT / "xtask.py"), *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_verb_with_a_line() -> None:
    done = xtask("help")
    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert listed == {*verbs.VERBS, "help"}
    assert listed >= PROMISED


@pytest.mark.parametrize("name", verbs.VERBS)
def test_help_of_a_verb(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", name]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: python3 xtask.py {name}")
    assert verbs.VERBS[name].help in text
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out == text


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("tset", "did you mean 'test'?"),
        ("entries", "did you mean 'entries:validate'?"),
        ("golden-replay", "did you mean 'golden:replay'?"),
        ("zzz", "`python3 xtask.py help` lists the verbs"),
    ],
)
def test_an_unknown_verb_gets_a_suggestion(wrong: str, hint: str) -> None:
    with pytest.raises(XtaskError) as caught:
        find_verb(wrong)
    assert caught.value.code == 2
    assert hint in str(caught.value)


def test_a_wrong_verb_exits_with_2_and_without_a_trace() -> None:
    done = xtask("tset")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: no verb is called 'tset'; did you mean 'test'?\n"


def test_an_old_python_is_told_what_it_needs() -> None:
    """The version check runs before anything that an old Python can't read."""
    code = (
        "import runpy, sys\n"
        "sys.version_info = (3, 9, 2, 'final', 0)\n"
        f"runpy.run_path({str(ROOT / 'xtask.py')!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed, but this is Python 3.9" in done.stderr
    assert "Traceback" not in done.stderr


def test_xtask_py_stays_readable_for_an_old_python() -> None:
    source = (ROOT / "xtask.py").read_text(encoding="utf-8")
    compile(source, "xtask.py", "exec", dont_inherit=True)
    head = source.partition("from xtask_lib")[0]
    assert "f'" not in head
    assert 'f"' not in head
    assert ":=" not in head
    assert "import annotations" not in source


@pytest.mark.parametrize("arguments", [["bench"], ["bench", "nonsense"]])
def test_bench_lists_its_names(arguments: list[str]) -> None:
    """Only the dispatch: RUSTA_XTASK_INSIDE says that the environment is set up."""
    done = xtask(*arguments, RUSTA_XTASK_INSIDE=str(ROOT))
    assert done.returncode == 2
    for name in verbs.BENCHES:
        assert name in done.stderr


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ([], ["-m", "not slow", "-n", "2", "--dist", "worksteal"]),
        (["--slow"], ["-m", "slow", "-n", "2", "--dist", "worksteal"]),
        (["-n0", "-k", "log"], ["-n0", "-k", "log", "-m", "not slow"]),
        (["-n", "4"], ["-n", "4", "-m", "not slow"]),
        (["--numprocesses=1", "-m", "x"], ["--numprocesses=1", "-m", "x"]),
        (["--maxfail=1", "-x"], ["--maxfail=1", "-x", "-m", "not slow", "-n", "2", "--dist"]),
    ],
)
def test_what_pytest_is_given(given: list[str], options: list[str]) -> None:
    found, files = suite.pytest_arguments(given, ROOT)
    assert found[: len(options)] == options
    assert files == []


def test_the_chunks_are_the_whole() -> None:
    every = sorted(map(str, (ROOT / "tests").rglob("test_*.py")))
    parts = [suite.pytest_arguments(["--chunk", f"{k}/3"], ROOT)[1] for k in (1, 2, 3)]
    assert sorted(path for part in parts for path in part) == every
    assert suite.pytest_arguments(["--chunk=2/3", "-x"], ROOT)[1] == parts[1]


@pytest.mark.parametrize("value", ["", "0/3", "4/3", "1", "a/b", "1/0"])
def test_a_senseless_chunk_is_refused(value: str) -> None:
    with pytest.raises(XtaskError, match="K/N"):
        suite.pytest_arguments([f"--chunk={value}"], ROOT)


def test_a_chunk_without_a_value_is_refused() -> None:
    with pytest.raises(XtaskError, match="K/N"):
        suite.pytest_arguments(["--chunk"], ROOT)


def test_clean_names_only_what_git_ignores() -> None:
    """What `clean` removes can be made again: none of it may be a committed file."""
    for name in verbs.BUILD_OUTPUTS:
        done = subprocess.run(["git", "check-ignore", "--quiet", "--no-index", f"{name}/x"], cwd=ROOT, check=False)
        assert done.returncode == 0, name


def test_every_benchmark_is_a_module_that_runs() -> None:
    """`bench NAME` runs tools/rusta_bench/NAME.py (or the package of that name)."""
    folder = ROOT / "tools" / verbs.BENCH
    for name in verbs.BENCHES:
        assert (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()
