"""Random histories: whatever set_tree, reset and commands do, the tree is what a model says.

The model is a dict from path to content. A history mixes the host's edits with a program inside
that writes, removes, moves and touches; after every step `changes()` must be the difference between
base and model, and a changed file's time must be later than every time it had before.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rusta_conductor.sandbox import Layout, Rung, Sandbox, acquire_lane, open_sandbox

Model = dict[str, bytes]
BASE: Model = {
    "a": b"base a",
    "d/x": b"base x",
    "d/e/y": b"base y",
    "d/e/z": b"",
    "k/only": b"only",
}
NAMES = ("a", "d", "e", "x", "y", "k", "only", "new")
# the program inside: the same operations as `act` below, on real files
INSIDE = """
import json, os, shutil, sys
def clear(path):
    if os.path.isdir(path) and not os.path.islink(path): shutil.rmtree(path)
    elif os.path.lexists(path): os.remove(path)
def parents(path):
    head = os.path.dirname(path)
    parts = head.split('/') if head else []
    for n in range(1, len(parts) + 1):
        prefix = '/'.join(parts[:n])
        if os.path.lexists(prefix) and not os.path.isdir(prefix): os.remove(prefix)
    if head: os.makedirs(head, exist_ok=True)
for verb, path, extra in json.load(sys.stdin):
    if verb == 'write':
        if os.path.isdir(path): clear(path)
        parents(path); open(path, 'w').write(extra)
    elif verb == 'remove': clear(path)
    elif verb == 'touch' and os.path.isfile(path): os.utime(path, (1, 1))
    elif verb == 'append' and os.path.isfile(path): open(path, 'a').write(extra)
    elif verb == 'move' and os.path.lexists(path) and not (extra + '/').startswith(path + '/'):
        if not (path + '/').startswith(extra + '/'):
            clear(extra); parents(extra)
            if os.path.lexists(path): shutil.move(path, extra)
    elif verb == 'close' and os.path.lexists(path): os.chmod(path, 0)
"""

paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
contents = st.sampled_from(["", "1", "base a", "base x", "longer content"])
actions = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["write", "append"]), paths, contents),
        st.tuples(st.sampled_from(["remove", "touch"]), paths, st.just("")),
        st.tuples(st.just("move"), paths, paths),
    ),
    min_size=1,
    max_size=6,
)
overrides = st.dictionaries(
    st.one_of(st.sampled_from(sorted(BASE)), paths),
    st.one_of(st.none(), contents.map(str.encode)),
    max_size=4,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), overrides),
        st.tuples(st.just("reset"), st.none()),
        st.tuples(st.just("run"), actions),
    ),
    min_size=2,
    max_size=6,
)


def under(model: Model, path: str) -> list[str]:
    return [name for name in model if name == path or name.startswith(path + "/")]


def put(model: Model, path: str, data: bytes) -> None:
    for name in under(model, path):
        del model[name]
    for depth in range(1, path.count("/") + 1):
        model.pop("/".join(path.split("/")[:depth]), None)
    model[path] = data


def act(model: Model, verb: str, path: str, extra: str) -> None:
    """One operation of the program inside, on the model (folders exist only through files)."""
    if verb == "write":
        put(model, path, extra.encode())
    elif verb == "remove":
        for name in under(model, path):
            del model[name]
    elif verb == "append" and path in model:
        model[path] += extra.encode()
    elif verb == "move" and under(model, path):
        if (extra + "/").startswith(path + "/") or (path + "/").startswith(extra + "/"):
            return
        moved = {extra + name[len(path) :]: model.pop(name) for name in under(model, path)}
        for name in under(model, extra):
            del model[name]
        for name, data in moved.items():
            put_beside(model, name, data)


def put_beside(model: Model, path: str, data: bytes) -> None:
    for depth in range(1, path.count("/") + 1):
        model.pop("/".join(path.split("/")[:depth]), None)
    model[path] = data


def with_overrides(changes: dict[str, bytes | None]) -> Model | None:
    """The model after set_tree; None when the overrides contradict themselves."""
    files = {path for path, data in changes.items() if data is not None}
    for path in files:
        if any("/".join(path.split("/")[:n]) in files for n in range(1, path.count("/") + 1)):
            return None
    model = {path: data for path, data in BASE.items() if path not in changes}
    for path, data in changes.items():
        if data is not None:
            put(model, path, data)
    return model


def difference(model: Model) -> dict[str, bytes | None]:
    return {path: model.get(path) for path in BASE.keys() | model.keys() if BASE.get(path) != model.get(path)}


class Times:
    """Checks that each changed file is newer than it ever was."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.latest: dict[str, int] = {}
        self.note()

    def now(self, path: str) -> int | None:
        found = self.sandbox._tree.locate(tuple(path.split("/")))
        return None if found is None else found[1].st_mtime_ns

    def note(self) -> None:
        for path in {*BASE, *self.sandbox.changes()}:
            time = self.now(path)
            if time is not None:
                self.latest[path] = max(time, self.latest.get(path, 0))

    def check(self, changed: tuple[str, ...], model: Model) -> None:
        for path in changed:
            if path in model:
                time = self.now(path)
                assert time is not None
                assert time > self.latest.get(path, 0), path
        self.note()


def replay(sandbox: Sandbox, history: list[tuple[str, Any]]) -> None:
    model = dict(BASE)
    times = Times(sandbox)
    for kind, what in history:
        before = dict(model)
        if kind == "run":
            argv = ["/usr/bin/python3", "-I", "-S", "-c", INSIDE]
            done = sandbox.run(argv, stdin=json.dumps(what).encode())
            assert done.ok, done.stderr.decode()
            for verb, path, extra in what:
                act(model, verb, path, extra)
            times.note()
        else:
            wanted = with_overrides(what or {})
            if wanted is None:
                continue
            model = wanted
            changed = sandbox.set_tree(what) if kind == "set" else sandbox.reset()
            content = {p for p in before.keys() | model.keys() if before.get(p) != model.get(p)}
            assert content <= set(changed)
            times.check(changed, model)
        assert sandbox.changes() == difference(model)
        assert sandbox.irregular() == ()
        for path, data in model.items():
            assert sandbox.read(path) == data
    sandbox.reset()
    assert sandbox.changes() == {}
    assert sandbox.set_tree({}) == ()


@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="no python3 to run inside")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=steps)
def test_any_history(rung: Rung, history: list[tuple[str, Any]]) -> None:
    """See the module's text."""
    with tempfile.TemporaryDirectory(prefix="rusta-history-") as place:
        root = Path(place).resolve() / "tree"
        for path, data in BASE.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        layout = Layout(root)
        with (
            acquire_lane(Path(place) / "state", "p") as lane,
            open_sandbox(layout, lane, rung) as sandbox,
        ):
            replay(sandbox, history)
        left = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        assert left == BASE
