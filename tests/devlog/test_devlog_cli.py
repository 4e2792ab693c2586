"""``rusta devlog`` as a user meets it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner

from rusta_devlog import DevLogStore
from rusta_devlog.cli import devlog
from rusta_devlog.home import default_home

KEY = "a" * 64


def entry(kind: str, **data) -> dict:
    return {"v": 1, "ts": "2024-01-01T12:30:45.123456Z", "episode": "x", "kind": kind, "data": data}


EVIL = "\x1b]0;owned\x07\x1b[2J\u202etxt\x9b31m\r\nnext"


@pytest.fixture
def home(tmp_path):
    store = DevLogStore(tmp_path / "home" / "devlog")
    with store.create("repair-1") as log:
        log.append(entry("opened", domain="repair", goal={"path": "/crate"}))
        log.append(entry("started", key=KEY, action={"verb": "cargo_check", "args": {"x": 1}}))
        log.append(entry("done", key=KEY, ms=412.5, blob=log.put_blob(b"big output")))
        log.append(entry("note", text=EVIL))
        log.append(entry("from_the_future", x=[1]))
        log.append(entry("closed", outcome="repaired", summary="one line"))
    with store.create("repair-2") as log:
        log.append(entry("opened", domain="repair", goal={}))
    return tmp_path / "home"


@pytest.fixture
def run(home):
    def invoke(*args, code=0, home=home, **extra):
        result = CliRunner().invoke(devlog, [str(a) for a in args], obj={"home": home}, **extra)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return invoke


def lines(result) -> list:
    return [json.loads(line) for line in result.stdout.splitlines()]


def damage(home, episode="repair-1"):
    segment = home / "devlog" / episode / "00000001.seg"
    content = bytearray(segment.read_bytes())
    content[1024 + 70] ^= 1
    segment.write_bytes(content)


def test_list(run):
    text = run("list").stdout.splitlines()
    assert text[0].split() == ["episode", "status", "outcome", "domain", "goal", "entries", "last"]
    assert any(line.split()[:4] == ["repair-1", "closed", "repaired", "repair"] for line in text)
    found = {row["id"]: row for row in lines(run("list", "--json"))}
    assert found["repair-1"]["goal"] == {"path": "/crate"}
    assert found["repair-2"]["status"] == "open"
    assert [row["id"] for row in lines(run("list", "--json", "--status", "closed"))] == ["repair-1"]


def test_list_of_nothing(run, tmp_path):
    nowhere = tmp_path / "nowhere"
    assert "no episodes in" in run("list", home=nowhere).stdout
    assert run("list", "--json", home=nowhere).stdout == ""
    assert not nowhere.exists(), "looking makes nothing"
    assert "no parked episodes" in run("list", "--status", "parked").stdout


def test_show_a_timeline(run):
    text = run("show", "repair-1").stdout.splitlines()
    assert text[0].split() == ["seq", "time", "kind", "verb", "ok", "ms", "summary"]
    assert text[3].split()[:5] == ["3", "12:30:45.123", "done", "cargo_check", "412.5"]
    assert "from_the_future" in text[5]
    assert len(text) == 7
    assert len({line.index("12:30") for line in text[1:]}) == 1, "the columns stand under each other"
    found = lines(run("show", "repair-1", "--json", "--verb", "cargo_check"))
    assert [(row["seq"], row["ms"]) for row in found] == [(2, None), (3, 412.5)]
    assert [row["seq"] for row in lines(run("show", "repair-1", "--json", "--kind", "note"))] == [4]


def test_show_one_entry(run):
    shown = json.loads(run("show", "repair-1", 4).stdout)
    assert shown["entry"]["data"]["text"] == EVIL, "escaped, and still the same value"
    assert json.loads(run("show", "repair-1", 4, "--json").stdout) == shown
    assert "has no entry 7; its last is 6" in run("show", "repair-1", 7, code=2).output
    run("show", "repair-1", 0, code=2)


@pytest.mark.parametrize(
    "args", [["show", "repair-1"], ["show", "repair-1", "4"], ["tail", "repair-1"], ["list"], ["verify"]]
)  # fmt: skip
@pytest.mark.parametrize("json_flag", [[], ["--json"]])
def test_nothing_in_a_log_reaches_the_terminal_unescaped(run, args, json_flag):
    output = run(*args, *json_flag).output
    for character in output:
        assert character == "\n" or character.isprintable(), hex(ord(character))


def test_control_characters_in_a_name_are_escaped(run):
    assert "\x1b" not in run("show", "\x1b[2Jx", code=2).output
    assert "\x1b" not in run("show", "repair-1", "\x1b[2Jx", code=2).output


def test_tail(run):
    text = run("tail", "repair-1", "-n", 2).stdout.splitlines()
    assert [line.split()[0] for line in text] == ["5", "6"]
    assert [row["seq"] for row in lines(run("tail", "repair-1", "--json"))] == [1, 2, 3, 4, 5, 6]
    assert run("tail", "repair-1", "-n", 0).stdout == ""
    followed = lines(run("tail", "repair-1", "-n", 1, "-f", "--json"))
    assert [row["kind"] for row in followed] == ["closed"], "a closed episode has no more to say"


def test_tail_follows_another_process(home):
    """What is appended while it watches comes out, and it ends with the episode."""
    code = "import sys; from rusta_devlog.cli import devlog; devlog(sys.argv[1:])"
    child = subprocess.Popen(
        [sys.executable, "-uc", code, "tail", "repair-2", "-f", "--json"],
        stdout=subprocess.PIPE, env={**os.environ, "RUSTA_HOME": str(home)},
    )  # fmt: skip
    with child, DevLogStore(home / "devlog").open("repair-2") as log:
        assert json.loads(child.stdout.readline())["kind"] == "opened"
        log.append(entry("note", text="hello"))
        assert json.loads(child.stdout.readline())["summary"] == "hello"
        log.append(entry("closed", outcome="abstained", summary=""))
        assert json.loads(child.stdout.readline())["kind"] == "closed"
        assert child.stdout.read() == b""
        assert child.wait() == 0


def test_verify(run, home):
    assert run("verify").stdout.count(": ok: ") == 2
    assert lines(run("verify", "repair-1", "--json"))[0]["entries"] == 6
    damage(home)
    result = run("verify", code=1)
    assert "repair-1: PROBLEM: 1 entries in 1 frames" in result.stdout
    assert "00000001.seg at offset 1024" in result.stdout
    assert "repair-2: ok" in result.stdout
    report = next(row for row in lines(run("verify", "--json", code=1)) if not row["ok"])
    assert report["problems"][0]["offset"] == 1024
    run("verify", "repair-2")


def test_a_damaged_log_is_shown_as_far_as_it_goes(run, home):
    damage(home)
    result = run("show", "repair-1", code=1)
    assert len(result.stdout.splitlines()) == 2
    assert "damaged at offset 1024" in result.stderr
    assert "problem in repair-1" in run("list").stderr
    assert "damaged" in run("export", "repair-1", code=1).output


def test_export_and_import(run, home, tmp_path):
    file = tmp_path / "golden.json"
    assert "bytes written to" in run("export", "repair-1", "-o", file).stdout
    assert run("export", "repair-1").stdout_bytes == file.read_bytes()
    assert "--force" in run("export", "repair-1", "-o", file, code=2).output
    told = json.loads(run("export", "repair-1", "-o", file, "--force", "--json").stdout)
    assert told == {"episode": "repair-1", "file": str(file), "bytes": file.stat().st_size}
    elsewhere = tmp_path / "elsewhere"
    assert "6 entries imported" in run("import", file, home=elsewhere).stdout
    assert "nothing changed" in run("import", "-", home=elsewhere, input=file.read_bytes()).stdout
    told = json.loads(run("import", file, "--json", home=elsewhere).stdout)
    assert told == {"episode": "repair-1", "entries": 6, "created": False}
    assert run("export", "repair-1", home=elsewhere).stdout_bytes == file.read_bytes()
    file.write_bytes(file.read_bytes().replace(b"big", b"bug").replace(b"repaired", b"repaireD"))
    assert "entry 6" in run("import", file, code=2).output
    run("import", tmp_path / "none", code=2)


def test_an_export_into_nowhere(run, tmp_path):
    assert "No such file" in run("export", "repair-1", "-o", tmp_path / "no" / "x", code=1).output


def test_rebuild(run, home):
    assert "7 entries of 2 episodes indexed" in run("rebuild").stdout
    (home / "devlog" / "index.sqlite").write_bytes(b"garbage" * 1000)
    result = run("list")
    assert "note: the index" in result.stderr
    assert "repair-1" in result.stdout
    assert json.loads(run("rebuild", "--json").stdout)["entries"] == 7


@pytest.mark.parametrize("command", ["show", "tail", "verify", "export"])
def test_episodes_by_their_beginning(run, command):
    assert "2 episodes begin with 'rep'" in run(command, "rep", code=2).output
    assert "no episode begins with 'x'" in run(command, "x", code=2).output
    run(command, "repair-1")


def test_every_command_has_help_and_json(run):
    for name, command in devlog.commands.items():
        assert "--json" in run(name, "--help").output
        assert command.help.splitlines()[0].endswith("."), name


def test_where_the_state_is(monkeypatch, tmp_path):
    for name in ("RUSTA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_home() == tmp_path / ".local" / "state" / "rusta"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert default_home() == tmp_path / "state" / "rusta"
    monkeypatch.setenv("RUSTA_HOME", str(tmp_path / "mine"))
    assert default_home() == tmp_path / "mine"
    with DevLogStore(tmp_path / "mine" / "devlog").create("ep-1") as log:
        log.append(entry("note", text="x"))
    assert "ep-1" in CliRunner().invoke(devlog, ["verify"]).output


def test_a_table_on_a_terminal(home):
    """On a real terminal: the same words, and still nothing that steers it but colour."""
    code = "import sys; from rusta_devlog.cli import devlog; devlog(sys.argv[1:])"
    main, side = pty.openpty()
    env = {**os.environ, "RUSTA_HOME": str(home), "TERM": "xterm-256color", "COLUMNS": "200"}
    command = [sys.executable, "-c", code, "show", "repair-1"]
    child = subprocess.Popen(command, stdout=side, env=env)
    os.close(side)
    output = b""
    while True:
        try:
            chunk = os.read(main, 4096)
        except OSError:  # how a terminal says that the other side is gone
            break
        if not chunk:
            break
        output += chunk
    os.close(main)
    assert child.wait() == 0
    assert b"cargo_check" in output
    assert b"\\u001b]0;owned" in output
    assert b"\x1b]" not in output
    assert b"\x1b[2J" not in output


def test_importing_the_commands_is_light():
    """Neither the index nor tables nor models are loaded to print help."""
    code = "import sys, rusta_devlog.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "rusta_devlog.cli" in loaded
    assert not loaded & {"sqlite3", "sqlite_utils", "pydantic", "rich", "numpy"}
