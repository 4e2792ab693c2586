"""Keeping bundles and finding them again; sealing a domain's draft."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_conductor.bundles import (
    BundleDamaged,
    BundleError,
    BundleNotFound,
    BundleStore,
    keep_bundle,
    seal,
)
from rusta_conductor.bundles.sealing import UNSEALED
from rusta_conductor.home import Home
from rusta_schemas.base import to_json
from rusta_schemas.bundle import PatchBundle


def test_a_saved_bundle_is_found_by_its_id_by_a_beginning_and_by_its_file(home: Home, bundle: PatchBundle) -> None:
    store = BundleStore(home)
    path = store.save(bundle)
    assert path == home.bundles / f"{bundle.id[:16]}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for ref in (bundle.id, bundle.id[:4], bundle.id[:16], bundle.id[:30], str(path)):
        assert store.load(ref) == bundle
    assert store.names() == [bundle.id[:16]]


def test_saving_again_changes_nothing(home: Home, bundle: PatchBundle) -> None:
    store = BundleStore(home)
    first = store.save(bundle).read_bytes()
    assert store.save(bundle).read_bytes() == first
    assert [path.name for path in home.bundles.iterdir()] == [f"{bundle.id[:16]}.json"]


@pytest.mark.parametrize("ref", ["abcd", "abc", "", "no such thing", "missing.json", "./missing"])
def test_an_unknown_name_says_what_would_do(home: Home, bundle: PatchBundle, ref: str) -> None:
    BundleStore(home).save(bundle)
    with pytest.raises(BundleNotFound, match="file") as error:
        BundleStore(home).load(ref)
    assert repr(ref) in str(error.value)
    assert error.value.exit_code == 2


def test_an_id_that_goes_on_differently_is_not_the_bundle(home: Home, bundle: PatchBundle) -> None:
    BundleStore(home).save(bundle)
    other = bundle.id[:20] + ("0" if bundle.id[20] != "0" else "1") + bundle.id[21:]
    with pytest.raises(BundleNotFound, match=f"the nearest is {bundle.id}"):
        BundleStore(home).load(other)


def test_an_ambiguous_beginning_lists_what_it_could_be(home: Home, bundle: PatchBundle) -> None:
    store = BundleStore(home)
    store.save(bundle)
    twin = home.bundles / f"{bundle.id[:8]}00000000.json"
    twin.write_text("{}")
    with pytest.raises(BundleNotFound, match="2 bundles begin with") as error:
        store.load(bundle.id[:6])
    assert twin.stem in str(error.value)
    assert store.load(bundle.id[:12]) == bundle


def spoiled(bundle: PatchBundle, **changes: Any) -> str:
    return json.dumps({**to_json(bundle), **changes})


def test_damage_is_told_apart(home: Home, bundle: PatchBundle, tmp_path: Path) -> None:
    whole = json.dumps(to_json(bundle))
    cases = {
        whole[: len(whole) // 2]: "not JSON",
        "[1, 2]": "no JSON object",
        "": "not JSON",
        spoiled(bundle, id="0" * 64): "id does not match",
        spoiled(bundle, summary="harmless, trust me"): "seal does not match",
        spoiled(bundle, result_hashes={}): "result_hashes",
        spoiled(bundle, v=2): "version 2; this program reads up to 1",
        spoiled(bundle, v="one"): "field 'v'",
        spoiled(bundle, surprise=1): "surprise",
        spoiled(bundle, edits=[]): "edits",
    }
    file = tmp_path / "b.json"
    for text, words in cases.items():
        file.write_text(text)
        with pytest.raises(BundleDamaged, match=words) as error:
            BundleStore(home).load(str(file))
        assert str(file) in str(error.value)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_changed_byte_goes_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, make_bundle: Any, data: st.DataObject
) -> None:
    """One byte of the file is replaced: it is refused, or means exactly what it meant."""
    bundle = make_bundle(Path("/tree"), {"a.txt": (b"old\n", b"new\n")})
    text = json.dumps(to_json(bundle), indent=2).encode()
    at = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255))
    file = tmp_path_factory.mktemp("flip") / "b.json"
    file.write_bytes(text[:at] + bytes([byte]) + text[at + 1 :])
    try:
        found = BundleStore(file.parent).load(str(file))
    except BundleDamaged:
        return
    assert found == bundle


def test_a_full_disk_is_told(home: Home, bundle: PatchBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    from rusta_conductor.bundles import store as module

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_durably", full)
    with pytest.raises(BundleError, match="No space left on device"):
        BundleStore(home).save(bundle)


def test_sealing_puts_the_head_in_and_seals_all_of_it(bundle: PatchBundle) -> None:
    draft = {**to_json(bundle), "log_head": UNSEALED, "seal": None}
    sealed = seal(draft, "c" * 64)
    assert sealed.log_head == "c" * 64
    assert sealed.id == bundle.id, "what is changed decides the identity, not where it was logged"
    assert sealed.seal not in (None, bundle.seal)
    assert PatchBundle.model_validate(to_json(sealed)) == sealed
    with pytest.raises(BundleDamaged, match="64 zeros"):
        seal(to_json(sealed), "d" * 64)
    with pytest.raises(BundleDamaged, match="not a patch bundle: edits"):
        seal({**draft, "edits": "none"}, "c" * 64)


def test_only_a_result_with_a_draft_is_kept(home: Home, bundle: PatchBundle) -> None:
    assert keep_bundle(home, {}, "c" * 64) is None
    assert keep_bundle(home, {"bundle": "a name"}, "c" * 64) is None
    draft = {**to_json(bundle), "log_head": UNSEALED, "seal": None}
    kept = keep_bundle(home, {"bundle": draft}, "c" * 64)
    assert kept is not None
    assert BundleStore(home).load(bundle.id) == kept[0]
    assert kept[1].is_file()
