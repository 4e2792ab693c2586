"""Connectomes from and for other programs: nothing lost that a format can hold, nothing taken that is damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from burst_worlds import connectomes, example
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst import (
    Area,
    BurstError,
    Connectome,
    DamagedFile,
    InvalidInput,
    MissingExtra,
    Neurons,
    RuleSpec,
    Synapses,
)
from rusta_burst.exchange import formats, genome, sonata
from rusta_burst.growth.growing import grow
from rusta_burst.growth.presets import preset_recipe

WHOLE = ("burst", "npz", "sonata")
LISTS = ("csv", "parquet")


@settings(max_examples=15, deadline=None)
@given(made=connectomes(rules=True))
@pytest.mark.parametrize("name", WHOLE)
def test_formats_that_hold_everything_give_it_back(
    name: str, made: Connectome, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("x") / f"a{formats.BY_NAME[name].suffixes[0]}"
    formats.save(made, path)
    assert formats.load(path).equals(made)


@settings(max_examples=15, deadline=None)
@given(made=connectomes())
@pytest.mark.parametrize("name", LISTS)
def test_lists_give_the_synapses_back(name: str, made: Connectome, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("x") / f"a.{name}"
    formats.save(made, path)
    back = formats.load(path).synapses
    for column, values in made.synapses.columns().items():
        assert back.columns()[column].tolist() == values.tolist(), column


@pytest.mark.parametrize("name", [*WHOLE, *LISTS, "genome"])
def test_a_file_cut_or_changed_anywhere_is_refused_or_read_as_something_valid(name: str, tmp_path: Path) -> None:
    """Formats without checksums may hide a flipped bit; no reader may fail in another way than with DamagedFile."""
    suffix = formats.BY_NAME[name].suffixes[0]
    path = tmp_path / f"a{suffix}"
    formats.save(grids({"kind": "vectors", "vectors": [[0, 0, 1]]}) if name == "genome" else example(), path)
    whole = path.read_bytes()
    step = max(1, len(whole) // 60)
    told = []
    for at in range(0, len(whole), step):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :]):
            path.write_bytes(data)
            try:
                found = formats.load(path)
            except DamagedFile as error:
                told.append(str(error))
            else:
                assert isinstance(found, Connectome)
    assert told
    assert all(str(path) in text for text in told)


@settings(max_examples=40, deadline=None)
@given(junk=st.binary(max_size=200))
@pytest.mark.parametrize("name", [*WHOLE, *LISTS, "genome"])
def test_junk_is_refused(name: str, junk: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("x") / f"a{formats.BY_NAME[name].suffixes[0]}"
    path.write_bytes(junk)
    with pytest.raises(DamagedFile):
        formats.load(path)


def test_names_tell_formats() -> None:
    assert formats.format_of(Path("a.nest.py")).name == "nest"
    assert formats.format_of(Path("a.dat"), "csv").name == "csv"
    with pytest.raises(InvalidInput, match=r"a.dat: the ending does not tell the format"):
        formats.format_of(Path("a.dat"))
    with pytest.raises(InvalidInput, match="there is no format 'xls'"):
        formats.format_of(Path("a.csv"), "xls")
    with pytest.raises(InvalidInput, match="can be written, not read"):
        formats.load(Path("a.nest.py"))
    with pytest.raises(BurstError, match="there is no such file"):
        formats.load(Path("nowhere.csv"))


def test_a_missing_library_names_the_extra() -> None:
    with pytest.raises(MissingExtra, match=r"not_a_library is not installed; 'pip install rusta\[exchange\]'"):
        formats.need("not_a_library.part", "exchange")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no column 'source'; the first line is empty"),
        ("a,b\n1,2\n", "there is no column 'source'; the columns are a, b"),
        ("source,weight\n1,2\n", "there is no column 'target'"),
        ("source,target,source\n1,2,3\n", "'source' is there twice"),
        ("source,target\n1\n", "line 2 has 1 fields, expected 2"),
        ("source,target\n1,x\n", "line 2: '1,x' should be numbers"),
        ("source,target\n1,-2\n", r"synapses.target\[0\] is -2"),
        ("source,target\n1,nan\n", r"synapses.target\[0\] is nan"),
        ("source,target\n0,4000000000\n", "number the neurons without such gaps"),
        ("source,target,weight,type\n0,1,-3,0\n", "use one of them to say what inhibits"),
    ],
)
def test_a_csv_that_does_not_fit_is_refused_by_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedFile, match=told):
        formats.load(path)


def test_signed_weights_and_windows_lines_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfSource, Target ,weight,note\r\n0,1,5,7\r\n1,0,-6,8\r\n\r\n")
    made = formats.load(path).synapses
    assert (made.weight.tolist(), made.type.tolist()) == ([5, 6], [0, 1])


def test_npz_needs_only_the_ends_of_synapses(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, s_source=[0, 3], s_target=[1, 2])
    made = formats.load(path)
    assert len(made.neurons) == 4
    np.savez(path, s_source=[0, 3])
    with pytest.raises(DamagedFile, match=r"synapses.target: expected 2 values"):
        formats.load(path)


def test_sonata_of_others_is_read_by_what_it_has(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.attrs["magic"] = np.uint32(0x0A7A)
        for name, count in (("v1", 3), ("lgn", 2)):
            group = file.create_group(f"nodes/{name}")
            group["node_type_id"] = np.full(count, 100)
            group["0/x"] = np.linspace(-5.0, 5.0, count)
        edges = file.create_group("edges/lgn_to_v1")
        for end, population, ids in (("source", "lgn", [0, 1]), ("target", "v1", [2, 0])):
            edges[f"{end}_node_id"] = ids
            edges[f"{end}_node_id"].attrs["node_population"] = population
        edges["0/syn_weight"] = [0.5, -1.0]
        edges["0/delay"] = [0.2, 3.0]
    made = formats.load(path)
    assert [area.name for area in made.areas] == ["lgn", "v1"]
    assert made.synapses.source.tolist() == [0, 1]
    assert made.synapses.target.tolist() == [4, 2]
    assert (made.synapses.weight.tolist(), made.synapses.type.tolist()) == ([128, 255], [0, 1])
    assert made.synapses.delay.tolist() == [1, 3]
    with h5py.File(path, "a") as file:
        file["edges/lgn_to_v1/source_node_id"][0] = 9
    with pytest.raises(DamagedFile, match="expected 2 whole numbers from 0 to 1"):
        formats.load(path)
    assert sonata.MAGIC == 0x0A7A


def grids(rule: dict[str, Any], **more: Any) -> Connectome:
    from rusta_burst.growth.recipe import parse

    areas = [{"name": "in", "kind": "sensory", "size": [3, 3, 1]}, {"name": "out", "kind": "motor", "size": [3, 3, 2]}]
    joins = [{"from": "in", "to": "out", "rule": rule, "weight": 7, "psp": 9, **more}]
    return grow(parse({"areas": areas, "projections": joins, "plasticity": {"w": {"kind": "stdp_window", "parameters": {"window": 2, "constant": 1, "ltp": 1, "ltd": 2}}}}))  # fmt: skip


def pairs(made: Connectome) -> list[tuple[int, ...]]:
    s = made.synapses
    return sorted(
        zip(
            s.source.tolist(),
            s.target.tolist(),
            s.weight.tolist(),
            s.psp.tolist(),
            s.type.tolist(),
            s.rule.tolist(),
            strict=True,
        )
    )


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "vectors", "vectors": [[0, 0, 0], [1, 0, 1]]},
        {"kind": "patterns", "patterns": [[["*", 1, 0], ["?", "!", 0]]]},
        {"kind": "all_to_all"},
        {"kind": "in_degree", "degree": 2},
    ],
)
@pytest.mark.parametrize("more", [{}, {"inhibitory": True}, {"plasticity": "w"}])
def test_a_genome_grows_into_the_connectome_it_was_written_from(
    rule: dict[str, Any], more: dict[str, Any], tmp_path: Path
) -> None:
    made = grids(rule, **more)
    path = tmp_path / "a.json"
    formats.save(made, path)
    grown = genome.read(path)
    assert grown.remarks == ()
    assert pairs(grown.connectome) == pairs(made)
    assert [(a.name, a.kind, a.size) for a in grown.connectome.areas] == [(a.name, a.kind, a.size) for a in made.areas]
    for name, values in made.neurons.columns().items():
        assert grown.connectome.neurons.columns()[name].tolist() == values.tolist(), name


FLAT = {
    "version": "2.0",
    "blueprint": {
        "_____10c-c-1_a1-cx-__name-t": "eye",
        "_____10c-c-1_a1-cx-_group-t": "IPU",
        "_____10c-c-1_a1-cx-___bbx-i": 4,
        "_____10c-c-1_a1-nx-fire_t-f": 5.0,
        "_____10c-c-1_a1-nx-ftincx-f": 0.5,
        "_____10c-c-1_a1-nx-pstcr_-f": 3.0,
        "_____10c-c-1_a1-nx-excite-f": 50,
        "_____10c-c-1_a1-cx-dstmap-d": {"___pwr": [["lateral_+x", [1, 1, 1], -2, False, 1, 1, 1]]},
        "_____10c-___pwr-cx-__name-t": "power",
        "_____10c-___pwr-cx-___bbx-i": 4,
        "_____10c-___pwr-nx-leak_c-f": 25,
        "species": "ignored",
    },
}


def test_flat_genomes_are_read_too() -> None:
    grown = genome.grow_genome(FLAT)
    made = grown.connectome
    assert [(a.name, a.kind) for a in made.areas] == [("eye", "sensory"), ("power", "power")]
    assert made.neurons.threshold[:4].tolist() == [5.0, 5.5, 6.0, 6.5]
    assert made.neurons.excitability[0] == 0.5
    assert list(zip(made.synapses.source.tolist(), made.synapses.target.tolist(), strict=True)) == [
        (0, 5),
        (1, 6),
        (2, 7),
    ]
    assert (set(made.synapses.weight.tolist()), set(made.synapses.type.tolist())) == ({2}, {1})
    assert grown.remarks == ("area '___pwr': leak_coefficient 25 was taken as a percentage",)


def area(**genes: Any) -> dict[str, Any]:
    return {"version": "2.1", "blueprint": {"c1": {"block_boundaries": [2, 1, 1], **genes}}}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ([], "an object with a blueprint"),
        ({"blueprint": {}, "version": "3.0"}, "genome version '3.0'; 2.0 and 2.1 can be read"),
        ({"blueprint": {"c1": 3}}, "area 'c1' should be an object"),
        (area(cortical_mapping_dst={"c9": []}), "'c1' is mapped to 'c9', which is not in the blueprint"),
        (area(cortical_mapping_dst={"c1": [3]}), "should be a list of objects"),
        (area(cortical_mapping_dst={"c1": [{"morphology_id": "magic"}]}), "there is no morphology 'magic'; there are:"),
        (area(block_boundaries=[10**9, 10, 10]), "at most 200000000 in all"),
        (area(firing_threshold="high"), "not well formed"),
        (area(leak_coefficient=-1), "neurons.leak"),
    ],
)
def test_a_genome_that_does_not_fit_is_refused_by_name(told: Any, why: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(DamagedFile, match=why):
        genome.load(path)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (example(delay=2), "a genome has no delays"),
        (grow(preset_recipe("balanced", 20)), "no initial potentials"),
        (grids({"kind": "all_to_all"}, weight=[1, 9], psp=[1, 200]), "one psp for all synapses of an area"),
    ],
)
def test_what_a_genome_cannot_tell_is_refused_by_name(made: Connectome, why: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=why):
        formats.save(made, tmp_path / "a.json")
    assert not list(tmp_path.iterdir())


def test_memory_areas_go_through_genomes(tmp_path: Path) -> None:
    areas = [Area("eye", size=(4, 1, 1)), Area("memory", kind="memory", window=3, watches=("eye",), size=(2, 1, 1))]
    made = Connectome.of(areas, Neurons.of(6, area=[0] * 4 + [1] * 2, x=[0, 1, 2, 3, 0, 1]))
    formats.save(made, tmp_path / "a.json")
    assert formats.load(tmp_path / "a.json").areas == made.areas


@pytest.mark.parametrize("suffix", [".nest.py", ".brian2.py"])
def test_scripts_are_python_and_name_the_connectome(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    formats.save(example(), path)
    text = path.read_text(encoding="utf-8")
    compile(text, str(path), "exec")
    assert example().digest in text


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (Connectome.of(["a"], Neurons.of(2, excitability=0.5)), "fire by chance"),
        (example(RuleSpec("stdp_pair")), "synapses learn"),
        (Connectome.of(["a"], Neurons.of(2, alive=[1, 0])), "compact the connectome first"),
        (Connectome.of([Area("p", kind="power")], Neurons.of(2)), "of kind 'power'"),
        (Connectome.of([Area("p", psp_by_fanout=True)], Neurons.of(2)), "changes the psp"),
    ],
)
def test_what_a_simulator_has_no_word_for_is_refused(made: Connectome, why: str, tmp_path: Path) -> None:
    for suffix in (".nest.py", ".brian2.py"):
        with pytest.raises(InvalidInput, match=why):
            formats.save(made, tmp_path / f"a{suffix}")
    with pytest.raises(InvalidInput, match="NEST's iaf_psc_delta has no fire_limit"):
        formats.save(Connectome.of(["a"], Neurons.of(2, fire_limit=3), Synapses.of()), tmp_path / "a.nest.py")
