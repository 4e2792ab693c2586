"""Several runs at once, and commands whose output goes to a log."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from xtask_lib.console import XtaskError
from xtask_lib.lock import environment_lock
from xtask_lib.logged import CommandError, run_logged


def test_many_may_use_the_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with environment_lock(tmp_path) as one, environment_lock(tmp_path) as two:
        one.share()
        two.share()
    assert capsys.readouterr().err == ""


def test_a_change_waits_for_the_users_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []

    def change() -> None:
        with environment_lock(tmp_path) as lock:
            lock.share()
            order.append("other shares")
            both_share.set()
            lock.exclude()
            order.append("other changes")

    both_share = threading.Event()
    other = threading.Thread(target=change)
    with environment_lock(tmp_path) as lock:
        lock.share()
        other.start()
        assert both_share.wait(60)
        # flock can't be watched, but what it waits for is told before it waits.
        told = ""
        while "waiting" not in told:
            assert other.is_alive()
            told += capsys.readouterr().err
        order.append("one is done")
    other.join(60)
    assert order == ["other shares", "one is done", "other changes"]
    assert "another xtask run is using .venv" in told


def test_two_that_want_to_change_don_t_wait_forever(tmp_path: Path) -> None:
    done: list[int] = []
    start = threading.Barrier(2)

    def change(number: int) -> None:
        with environment_lock(tmp_path) as lock:
            lock.share()
            start.wait(60)
            lock.exclude()
            done.append(number)
            lock.share()

    threads = [threading.Thread(target=change, args=(n,), daemon=True) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == [1, 2]


def test_a_checkout_where_no_folder_can_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file where the folder should be")
    with pytest.raises(XtaskError, match="can't be written"), environment_lock(tmp_path / "build"):
        pass


def test_output_goes_to_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "deep" / "log"
    run_logged(["sh", "-c", "echo out; echo err >&2"], log, os.environ)
    run_logged(["sh", "-c", "echo more"], log, os.environ)
    assert capsys.readouterr().err == ""
    text = log.read_text()
    assert "out\nerr\n[returned 0]\n" in text
    assert "$ sh -c 'echo more'\nmore\n[returned 0]\n" in text


def test_a_failure_shows_the_tail_and_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    with pytest.raises(CommandError, match="returned 3") as caught:
        run_logged(["sh", "-c", "seq 100; exit 3"], log, os.environ)
    shown = capsys.readouterr().err.split()
    assert "100" in shown
    assert "10" not in shown
    assert f"{log})" in shown
    assert not caught.value.no_network


@pytest.mark.parametrize(
    "text",
    [
        "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
        "ERROR: Network is unreachable",
    ],
)
def test_a_missing_network_is_recognised(tmp_path: Path, text: str) -> None:
    with pytest.raises(CommandError) as caught:
        run_logged(["sh", "-c", 'echo "$1"; exit 1', "sh", text], tmp_path / "log", os.environ)
    assert caught.value.no_network
