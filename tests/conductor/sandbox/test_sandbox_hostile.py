"""Programs that act as a hostile build script, on every rung this machine has.

Each gets nothing out, changes nothing outside, leaves nothing behind, and ends with a result that
says what happened. The `opener` fixture checks besides that the target tree is as it was.
"""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from rusta_conductor.sandbox import Completed, Limits, Rung, Sandbox, SandboxError
from rusta_conductor.sandbox.usage import disk_usage

MIB = 1 << 20


def sh(sandbox: Sandbox, script: str, *words: object, **more: object) -> Completed:
    argv = ["/bin/sh", "-c", script, "sh", *map(str, words)]
    return sandbox.run(argv, **more)  # type: ignore[arg-type]


def python(sandbox: Sandbox, script: str, *words: object, **more: object) -> Completed:
    if not Path("/usr/bin/python3").exists():
        pytest.skip("no /usr/bin/python3 to play the hostile program")
    argv = ["/usr/bin/python3", "-c", script, *map(str, words)]
    return sandbox.run(argv, **more)  # type: ignore[arg-type]


def commands_running() -> set[str]:
    """Command lines of all processes."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.add(path.read_bytes().decode("utf-8", "replace").replace("\0", " "))
        except OSError:
            continue
    return found


def test_secrets_of_the_home_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    """Neither the user's home nor anything beside the tree can be read or listed."""
    secret = tmp_path / "home" / ".ssh" / "id_ed25519"
    secret.parent.mkdir(parents=True)
    secret.write_text("PRIVATE KEY")
    real = Path.home()
    done = sh(sandbox, 'cat "$1"; ls "$2"; cat "$2"/.* ; ls "$3"; true', secret, real, tmp_path)
    assert b"PRIVATE KEY" not in done.stdout
    for entry in real.iterdir():
        assert os.fsencode(entry.name) not in done.stdout.split()
    assert b"home" not in done.stdout.split()


def test_shadow_and_other_users_processes(sandbox: Sandbox) -> None:
    """/etc/shadow is not there or not readable; neither is the owner's environment or memory."""
    script = (
        'cat /etc/shadow /etc/gshadow && echo READ; cat "/proc/$1/environ" && echo READ;'
        'cat "/proc/$PPID/environ" | grep -a PYTEST && echo READ; cat /proc/kcore | head -c 1;'
        'head -c 1 "/proc/$1/mem" && echo READ; ls "/proc/$1/root/" && echo READ'
    )
    done = sh(sandbox, script, os.getpid())
    assert b"READ" not in done.stdout


def test_kernel_settings_cannot_be_written(sandbox: Sandbox) -> None:
    """A root user's processes own /proc/sys even without capabilities; they must not reach it."""
    setting = Path("/proc/sys/kernel/core_pattern")
    before = setting.read_text()
    script = 'echo "|/tmp/evil" >/proc/sys/kernel/core_pattern; echo 1 >/proc/sys/vm/drop_caches;'
    done = sh(sandbox, script + "echo b >/proc/sysrq-trigger; find /proc/sys /sys -writable")
    assert setting.read_text() == before
    if sandbox.rung is Rung.LANDLOCK:
        return  # names are visible there, writing is refused
    assert done.stderr.count(b"Read-only") >= 1


def test_writes_outside_go_nowhere(sandbox: Sandbox, tmp_path: Path, home: Path) -> None:
    """Files beside the tree, in the state folder, in /tmp, in read-only folders stay as they are."""
    victim = tmp_path / "victim"
    victim.write_text("intact")
    victim.chmod(0o644)
    os.utime(victim, (5, 5))
    state = home / "precious"
    state.write_text("intact")
    for path in (victim, state):
        for script in (
            'echo evil >"$1"',
            'rm -f "$1"',
            'mv "$1" "$1.gone"',
            'ln -s /etc/passwd "$1.link"',
            'truncate -s 0 "$1"',
            'chmod 777 "$1"',
            'touch "$1"',
            'touch -d 2020-01-01 "$1"',
            'mkdir "$1.d"',
            'ln "$1" stolen && cat stolen',
            'cd "$(dirname "$1")" && chmod 777 "$(basename "$1")"',
        ):
            done = sh(sandbox, script, path)
            assert b"intact" not in done.stdout
        assert path.read_text() == "intact"
    assert victim.stat().st_mode & 0o777 == 0o644
    assert victim.stat().st_mtime == 5
    assert sorted(p.name for p in tmp_path.iterdir()) == ["state", "tree", "victim"]


def test_attributes_by_descriptor_are_refused_too(opener: object, tmp_path: Path) -> None:
    """fchmod and futimens on a file that may only be read."""
    shared = tmp_path / "shared"
    shared.mkdir()
    file = shared / "lib"
    file.write_text("read me")
    file.chmod(0o644)
    os.utime(file, (7, 7))
    sandbox: Sandbox = opener(read_only=(shared,))  # type: ignore[operator]
    done = python(
        sandbox,
        "import os, sys\n"
        "fd = os.open(sys.argv[1], os.O_RDONLY)\n"
        "print(os.read(fd, 100))\n"
        "for act in (lambda: os.fchmod(fd, 0o777), lambda: os.utime(fd, (1, 1)),\n"
        "            lambda: os.utime(f'/proc/self/fd/{fd}', (1, 1)),\n"
        "            lambda: os.fchown(fd, 1, 1), lambda: os.setxattr(fd, 'user.x', b'1')):\n"
        "    try: act()\n"
        "    except OSError as error: print('refused')\n"
        "    else: print('DONE')\n",
        file,
    )
    assert b"read me" in done.stdout, done.stderr
    assert done.stdout.count(b"refused") == 5
    assert (file.stat().st_mode & 0o777, file.stat().st_mtime) == (0o644, 7)


def test_no_way_to_the_network(sandbox: Sandbox, tmp_path: Path) -> None:
    """The host's TCP, UDP, path and abstract unix sockets are out of reach."""
    path = tmp_path / "sock"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        udp.bind(("127.0.0.1", 0))
        unix.bind(str(path))
        unix.listen()
        name = f"rusta-test-{os.getpid()}"
        abstract.bind(f"\0{name}")
        abstract.listen()
        for server in (tcp, udp, unix, abstract):
            server.setblocking(False)
        done = python(
            sandbox,
            "import socket, sys\n"
            "tcp, udp, path, name = sys.argv[1:]\n"
            "def go(family, kind, to):\n"
            "    try:\n"
            "        s = socket.socket(family, kind); s.settimeout(2); s.connect(to); s.send(b'x')\n"
            "    except OSError as error: print('refused', error)\n"
            "    else: print('sent', to)\n"
            "for host in ('127.0.0.1', '1.1.1.1'):\n"
            "    go(socket.AF_INET, socket.SOCK_STREAM, (host, int(tcp)))\n"
            "go(socket.AF_UNIX, socket.SOCK_STREAM, path)\n"
            "go(socket.AF_UNIX, socket.SOCK_STREAM, '\\0' + name)\n"
            "go(socket.AF_INET, socket.SOCK_DGRAM, ('127.0.0.1', int(udp)))\n"
            "go(40, socket.SOCK_STREAM, (2, 1024))\n",
            tcp.getsockname()[1],
            udp.getsockname()[1],
            path,
            name,
        )
        assert done.stdout.count(b"refused") >= 5, done
        for server in (tcp, unix, abstract):
            with pytest.raises(BlockingIOError):
                server.accept()
        with pytest.raises(BlockingIOError):
            udp.recv(1)


def test_survivors_are_ended_and_counted(sandbox: Sandbox) -> None:
    """A session of its own and a double fork do not outlive the command."""
    mark = f"77{os.getpid()}"
    script = f"setsid sleep {mark}1 >/dev/null 2>&1 & (setsid sleep {mark}2 >/dev/null 2>&1 &) & "
    done = sh(sandbox, script + "sleep 0.3; exit 0")
    assert (done.exit_code, done.survivors) == (0, 2)
    assert not any(mark in line for line in commands_running())


def test_survivors_holding_the_output_do_not_block(sandbox: Sandbox) -> None:
    """A process that keeps stdout open would make a naive reader wait for ever."""
    done = sh(sandbox, "setsid sleep 300 & echo done")
    assert (done.stdout, done.exit_code, done.survivors) == (b"done\n", 0, 1)


def test_a_crowd_of_processes_is_stopped(sandbox: Sandbox) -> None:
    """Ten times as many processes as allowed: bounded, ended, and the reason is named."""
    mark = f"87{os.getpid()}"
    script = f'b() {{ if [ "$1" -gt 0 ]; then b $(($1 - 1)) & b $(($1 - 1)) & fi; sleep {mark}; }}; b 9'
    done = sh(sandbox, script, limits=Limits(processes=100, wall_s=60))
    assert done.stopped == "processes" or os.geteuid() != 0
    assert not any(mark in line for line in commands_running())


@pytest.mark.slow  # it starves whatever else runs on the machine until it is ended
def test_a_fork_bomb_is_stopped(sandbox: Sandbox) -> None:
    """Thousands of processes wanting more: bounded, ended, and the reason is named."""
    mark = f"88{os.getpid()}"
    script = f"b() {{ b {mark} | b {mark} & }}; b; sleep 20"
    done = sh(sandbox, script, limits=Limits(processes=100, wall_s=60))
    assert done.stopped == "processes" or os.geteuid() != 0
    assert not any(mark in line for line in commands_running())


def test_a_crowd_of_threads_counts_as_processes(sandbox: Sandbox) -> None:
    """Threads are not a way around the limit."""
    script = (
        "import threading, time\n"
        "for _ in range(150): threading.Thread(target=time.sleep, args=(30,)).start()\n"
        "time.sleep(30)"
    )
    done = python(sandbox, script, limits=Limits(processes=60, wall_s=60))
    assert done.stopped == "processes" or b"can't start new thread" in done.stderr


def test_filling_the_disk(sandbox: Sandbox) -> None:
    """Big files, hard-to-see files and many small files all count."""
    limits = Limits(disk_bytes=20 * MIB, wall_s=60)
    for place in ("$TMPDIR", ".", sandbox.target):
        script = f"cd {place}; exec dd if=/dev/zero of=big bs=1M count=4000"
        done = sh(sandbox, script, limits=limits)
        assert done.stopped == "disk", done
        sh(sandbox, f"rm -f {place}/big")
    script = "for n in range(7000): open(f'f{n}', 'w').close()\nimport time; time.sleep(50)"
    done = python(sandbox, script, limits=Limits(disk_bytes=2 * MIB, wall_s=60))
    assert done.stopped == "disk"
    sandbox.reset()
    assert sandbox.changes() == {}


def test_a_burst_that_ends_before_the_guard_looks(sandbox: Sandbox) -> None:
    """Quick growth past the limit is named although the command ended by itself."""
    script = "dd if=/dev/zero of=$TMPDIR/x bs=1M count=30 conv=fsync 2>/dev/null"
    done = sh(sandbox, script, limits=Limits(disk_bytes=10 * MIB))
    assert done.stopped == "disk"


def test_memory_backed_folders_are_bounded(sandbox: Sandbox) -> None:
    """/tmp and /dev/shm cannot eat the memory, nor can any other place inside."""
    script = "for d in /tmp /dev/shm /dev / /run; do dd if=/dev/zero of=$d/fill bs=1M count=64; done"
    done = sh(sandbox, script, limits=Limits(tmp_bytes=4 * MIB))
    written = [int(line.split()[0]) for line in done.stderr.splitlines() if b" bytes " in line]
    assert all(amount <= 4 * MIB for amount in written)
    for folder in ("/tmp", "/dev/shm", "/run"):
        assert not (Path(folder) / "fill").exists()


def test_eating_memory(sandbox: Sandbox) -> None:
    """Many processes that each stay below a limit are still counted together."""
    script = (
        "import os, time\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        data = bytearray(os.urandom(1 << 20) * 60); time.sleep(30)\n"
        "time.sleep(30)"
    )
    done = python(sandbox, script, limits=Limits(resident_bytes=150 * MIB, wall_s=60))
    assert done.stopped == "memory"


def test_endless_loop_and_endless_output(sandbox: Sandbox) -> None:
    """Both end; memory here does not grow with the output."""
    loop = sh(sandbox, "while :; do :; done", limits=Limits(wall_s=0.4, grace_s=0.1))
    assert loop.stopped == "timeout"
    limits = Limits(output_bytes=1000, output_stop_bytes=20 * MIB)
    endless = sh(sandbox, "exec cat /dev/zero", limits=limits)
    assert endless.stopped == "output"
    assert len(endless.stdout) < 1100
    # Which of the two bounds an endless writer meets first depends on the machine; either must end it.
    limits = Limits(output_bytes=1000, wall_s=0.4, grace_s=0.1)
    flood = sh(sandbox, "exec yes >&2", limits=limits)
    assert flood.stopped in {"timeout", "output"}
    assert len(flood.stderr) < 1100


def test_tree_replaced_by_links_out_of_it(sandbox: Sandbox, tmp_path: Path) -> None:
    """The host neither reads nor writes through links a command planted."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "lib.rs").write_text("outside")
    script = 'rm -rf src Cargo.toml; ln -s "$1" src; ln -s "$1/lib.rs" Cargo.toml; ln -s /etc e'
    assert sh(sandbox, script, outside).ok
    with pytest.raises(SandboxError):
        sandbox.read("src/lib.rs")
    with pytest.raises(SandboxError):
        sandbox.read("Cargo.toml")
    changes = sandbox.changes()
    assert changes["src/lib.rs"] is None
    assert changes["Cargo.toml"] is None
    assert set(sandbox.irregular()) == {"src", "Cargo.toml", "e"}
    sandbox.set_tree({"src/lib.rs": b"new", "src/more/x.rs": b"x", "e/f": b"f"})
    assert (outside / "lib.rs").read_text() == "outside"
    assert sorted(p.name for p in outside.iterdir()) == ["lib.rs"]
    assert sandbox.read("src/lib.rs") == b"new"
    assert sandbox.changes() == {"src/lib.rs": b"new", "src/more/x.rs": b"x", "e/f": b"f"}
    sandbox.reset()
    assert sandbox.irregular() == ()
    assert sandbox.changes() == {}


def test_links_inside_links_swapped_while_reading_do_not_matter(sandbox: Sandbox) -> None:
    """A link loop and a link to the parent are refused, not followed for ever."""
    assert sh(sandbox, "ln -s b a; ln -s a b; ln -s .. up; ln -s up/up/up/etc/passwd pw").ok
    for name in ("a", "pw", "up/etc/passwd"):
        with pytest.raises(SandboxError):
            sandbox.read(name)


def test_a_fifo_or_socket_where_a_source_was(sandbox: Sandbox) -> None:
    """Opening a FIFO would block for ever; it is treated as a file that has gone."""
    assert sh(sandbox, "rm src/lib.rs; mkfifo src/lib.rs; mkfifo target 2>&1; true").ok
    assert sandbox.changes() == {"src/lib.rs": None}
    assert sandbox.irregular() == ("src/lib.rs",)
    with pytest.raises(SandboxError, match="regular"):
        sandbox.read("src/lib.rs")
    assert sandbox.set_tree({"src/lib.rs": b"file again"}) == ("src/lib.rs",)
    assert sandbox.read("src/lib.rs") == b"file again"


def test_hard_links_are_not_written_through(sandbox: Sandbox) -> None:
    """The host's write makes a new file; other names of the old one keep their content."""
    assert sh(sandbox, "ln -f src/lib.rs src/twin.rs || cp src/lib.rs src/twin.rs").ok
    sandbox.set_tree({"src/lib.rs": b"new", "src/twin.rs": b"twin"})
    assert sandbox.read("src/twin.rs") == b"twin"
    assert sandbox.read("src/lib.rs") == b"new"


def test_closed_folders_are_cleaned_up(sandbox: Sandbox) -> None:
    """chmod 000 on folders and files hinders neither reading the changes nor cleaning up."""
    script = "mkdir -p n/m; echo x >n/m/f; chmod 000 n/m/f n/m n; chmod 000 src/lib.rs src; exit 0"
    assert sh(sandbox, script).ok
    assert sandbox.changes() == {"n/m/f": b"x\n"}
    sandbox.reset()
    assert sandbox.changes() == {}
    assert sh(sandbox, "cat src/lib.rs && test ! -e n").ok
    assert sh(sandbox, 'mkdir -p "$TMPDIR/a/b"; chmod 000 "$TMPDIR/a/b" "$TMPDIR/a"').ok
    sandbox.close()
    assert not sandbox.scratch.exists()


def test_a_very_deep_tree(sandbox: Sandbox) -> None:
    """Deeper than any path may be long, and than recursion may go: reset and close manage."""
    script = (
        "import os\n"
        "for place in ('.', os.environ['TMPDIR']):\n"
        "    os.chdir(place)\n"
        "    for _ in range(3000):\n"
        "        os.mkdir('d' * 20); os.chdir('d' * 20)\n"
        "    open('bottom', 'w').close()\n"
    )
    assert python(sandbox, script).ok
    assert sandbox.changes() == {}  # nothing within reach
    sandbox.reset()
    assert sh(sandbox, "test ! -e dddddddddddddddddddd").ok
    sandbox.close()
    assert not sandbox.lane.path.joinpath("scratch").exists()


def test_names_that_are_not_text(sandbox: Sandbox) -> None:
    """Newlines, invalid UTF-8, option-like and very long names are plain names."""
    names = [b"new\nline", b"\xff\xfe", b"-rf", b" ", b"tab\t", "ümläut".encode(), b"x" * 255]
    script = "import os, sys\nfor name in sys.argv[1:]: open(bytes.fromhex(name), 'wb').write(b'content')\n"
    assert python(sandbox, script, *(name.hex() for name in names)).ok
    assert sandbox.changes() == {os.fsdecode(name): b"content" for name in names}
    keep = os.fsdecode(names[1])
    sandbox.set_tree({keep: b"mine"})
    assert sandbox.changes() == {keep: b"mine"}


def test_removed_and_remade_folders(sandbox: Sandbox) -> None:
    """Whiteouts and opaque folders: what is gone is gone, what is back is back."""
    assert sh(sandbox, "rm -rf src; mkdir src; echo x >src/lib.rs").ok
    gone = {"src/other.rs": None, "src/deep/er/mod.rs": None}
    assert sandbox.changes() == {"src/lib.rs": b"x\n", **gone}
    assert sh(sandbox, "rm -rf src; echo file >src").ok
    assert sandbox.changes() == {"src": b"file\n", "src/lib.rs": None, **gone}
    sandbox.reset()
    assert sandbox.changes() == {}
    assert sh(sandbox, "test -d empty && cat src/deep/er/mod.rs && ls -la src/deep").ok
    assert sh(sandbox, "mv src moved; rmdir empty").ok
    assert sandbox.changes()["moved/deep/er/mod.rs"] == b"// deep\n"
    sandbox.reset()
    assert sh(sandbox, "test -d empty && test -f src/deep/er/mod.rs && test ! -e moved").ok


def test_hidden_names_stay_hidden(sandbox: Sandbox) -> None:
    """They are not shown, may be made anew, and are never part of the changes."""
    assert sh(sandbox, "test ! -e target && test ! -e .git").ok
    assert sh(sandbox, "mkdir target && echo x >target/new").ok
    assert sandbox.changes() == {}
    with pytest.raises(SandboxError, match="hidden"):
        sandbox.set_tree({"target/x": b""})


def test_kernel_interfaces_are_closed(sandbox: Sandbox) -> None:
    """Namespaces, mounts, tracing, keyrings, bpf and io_uring are refused."""
    script = (
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "calls = {'unshare': (272, 0x10000000), 'mount': (165, 0, 0, 0, 0, 0), 'bpf': (321, 0, 0, 0),\n"
        "         'ptrace': (101, 0, 0, 0, 0), 'keyctl': (250, 0, -3, 0), 'setns': (308, 0, 0),\n"
        "         'io_uring': (425, 1, 0), 'clone3': (435, 0, 0), 'perf': (298, 0, 0, 0, 0, 0),\n"
        "         'userfaultfd': (323, 0), 'chroot': (161, 0)}\n"
        "for name, call in calls.items():\n"
        "    result = libc.syscall(*call); print(name, result, ctypes.get_errno())\n"
    )
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers are for x86_64")
    lines = python(sandbox, script).stdout.decode().split("\n")
    results = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert len(results) == 11
    for name, (result, error) in results.items():
        assert result == "-1", name
        assert int(error) in (1, 38), (name, error)


def test_the_supervisor_cannot_be_killed_or_fooled(sandbox: Sandbox) -> None:
    """Killing everything in reach ends the command, not us; a forged report gives no wrong result."""
    done = sh(sandbox, "kill -9 -1; kill -9 $PPID; kill -9 1; echo alive; sleep 0.1; exit 5")
    assert done.stopped is None
    assert (done.signal, done.exit_code) in ((9, None), (None, 5))
    forged = sh(sandbox, "for f in /proc/1/fd/*; do echo 'n 99999' >$f; done; exit 6")
    assert forged.exit_code == 6
    started = time.monotonic()
    assert sh(sandbox, "true").ok
    assert time.monotonic() >= started


def test_usage_is_back_after_close(sandbox: Sandbox) -> None:
    """Nothing but the warm target folder stays on disk."""
    assert sh(sandbox, "dd if=/dev/zero of=$TMPDIR/x bs=1M count=3; cp $TMPDIR/x y").ok
    sandbox.close()
    assert disk_usage([sandbox.lane.path]) < MIB
