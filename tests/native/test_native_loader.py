"""The native library: loading, its promises, and every way it can be missing."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest

import rusta_native
from rusta_native import NativeError, loader


@pytest.fixture(autouse=True)
def forget() -> None:
    """The loader remembers answers per process; each test starts anew."""
    loader._open.cache_clear()
    loader._warn_once.cache_clear()


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> rusta_native.NativeLibrary:
    monkeypatch.delenv("RUSTA_NATIVE", raising=False)
    if not (loader.folder() / loader.LIBRARY).exists():
        pytest.skip("the native part is not built")
    library = rusta_native.load()
    assert library is not None
    return library


def test_a_loaded_library_keeps_its_promises(built: rusta_native.NativeLibrary) -> None:
    """ABI version, build info, features, and a self test that panics inside."""
    assert built.abi == rusta_native.ABI_VERSION
    assert built.build_info.endswith(" release")
    assert built.self_test() == 0
    status = rusta_native.status()
    assert status.available
    assert status.features == built.cpu_features
    assert "loaded" in status.reason


def test_features_are_cut_at_the_buffers_end(built: rusta_native.NativeLibrary) -> None:
    """The length of the whole text comes back, nothing is written past the end."""
    buffer = ctypes.create_string_buffer(b"#" * 8, 8)
    length = built.handle.rusta_cpu_features(buffer, 3)
    text = ",".join(built.cpu_features).encode()
    assert length == len(text)
    assert buffer.raw == text[:3] + b"#####"
    assert built.handle.rusta_cpu_features(None, 5) == -102


def test_a_missing_library_warns_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Unset: go on without, saying so once. RUSTA_NATIVE=1: an error. =0: silence."""
    monkeypatch.setattr(loader, "folder", lambda: tmp_path)
    monkeypatch.delenv("RUSTA_NATIVE", raising=False)
    with pytest.warns(RuntimeWarning, match=r"librusta_native\.so is not there"):
        assert rusta_native.load() is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rusta_native.load() is None
        assert not rusta_native.status().available
        monkeypatch.setenv("RUSTA_NATIVE", "0")
        assert rusta_native.load() is None
    monkeypatch.setenv("RUSTA_NATIVE", "1")
    with pytest.raises(NativeError, match=r"RUSTA_NATIVE=1, but .* is not there; build it"):
        rusta_native.load()


def test_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """RUSTA_NATIVE=0 hides library and launcher; other values are refused."""
    monkeypatch.setenv("RUSTA_NATIVE", "0")
    assert rusta_native.load() is None
    assert rusta_native.launcher_path() is None
    assert rusta_native.status().reason == "switched off by RUSTA_NATIVE=0"
    monkeypatch.setenv("RUSTA_NATIVE", "yes")
    with pytest.raises(NativeError, match="neither 0 nor 1"):
        rusta_native.load()


def test_garbage_and_foreign_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that is no library and a library that is not ours are named, not trusted."""
    monkeypatch.setattr(loader, "folder", lambda: tmp_path)
    path = tmp_path / loader.LIBRARY
    path.write_bytes(b"not an object file")
    assert "cannot be loaded" in rusta_native.status().reason
    loader._open.cache_clear()
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to make a library with")
    source = tmp_path / "x.c"
    for text, reason in {
        "int other(void) { return 0; }": "cannot be loaded",
        "unsigned rusta_abi_version(void) { return 999; }": "has ABI version 999, 1 is needed",
        "unsigned rusta_abi_version(void) { return 1; } const char *rusta_build_info(void) "
        '{ return "x"; } long rusta_cpu_features(char *b, unsigned long n) { return 0; } '
        "int rusta_self_test(void) { return -3; }": "failed its self test with -3",
    }.items():
        source.write_text(text)
        # another name each time: the dynamic linker remembers files it has loaded
        other = tmp_path / f"{abs(hash(text))}"
        other.mkdir()
        library = other / loader.LIBRARY
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
        monkeypatch.setattr(loader, "folder", lambda place=other: place)
        status = rusta_native.status()
        assert not status.available
        assert reason in status.reason
        assert rusta_native.launcher_path() is None
