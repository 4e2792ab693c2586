"""The keys of a genome's blueprint: nested (2.1), or flat, where one key tells area and gene (2.0)."""

from __future__ import annotations

from typing import Any

from rusta_burst.errors import InvalidInput

_PREFIX = "_____10c-"

# The last part of a flat key, and the gene it is.
FLAT = {
    "__name-t": "cortical_name",
    "_group-t": "cortical_type",
    "_n_cnt-i": "per_voxel_neuron_cnt",
    "pstcr_-f": "postsynaptic_current",
    "fire_t-f": "firing_threshold",
    "ftincx-f": "firing_threshold_increment_x",
    "ftincy-f": "firing_threshold_increment_y",
    "ftincz-f": "firing_threshold_increment_z",
    "fthlim-f": "firing_threshold_limit",
    "fthlim-i": "firing_threshold_limit",
    "refrac-i": "refractory_period",
    "leak_c-f": "leak_coefficient",
    "leak_v-f": "leak_variability",
    "c_fr_c-i": "consecutive_fire_cnt_max",
    "snooze-i": "snooze_length",
    "snooze-f": "snooze_length",
    "pspuni-b": "psp_uniform_distribution",
    "mp_acc-b": "mp_charge_accumulation",
    "mp_psp-b": "mp_driven_psp",
    "memory-b": "is_mem_type",
    "tmpdpt-i": "temporal_depth",
    "excite-f": "neuron_excitability",
    "excite-i": "neuron_excitability",
    "dstmap-d": "cortical_mapping_dst",
}
_EXTENT = {"___bbx-i": 0, "___bby-i": 1, "___bbz-i": 2}


def as_hierarchy(blueprint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A blueprint with one object an area, whichever form it came in. Genes nobody here reads are left out.

    Raises:
        InvalidInput: it is in neither form.
    """
    if any(key.startswith(_PREFIX) for key in blueprint):
        return _unfolded(blueprint)
    wrong = next((key for key, genes in blueprint.items() if not isinstance(genes, dict)), None)
    if wrong is not None:
        raise InvalidInput(f"blueprint: area {wrong!r} should be an object")
    return dict(blueprint)


def _unfolded(blueprint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    areas: dict[str, dict[str, Any]] = {}
    for key, value in blueprint.items():
        if not key.startswith(_PREFIX):
            continue
        # An area's identity may itself hold a "-", the scope and the gene do not.
        parts = key[len(_PREFIX) :].rsplit("-", 3)
        if len(parts) != 4:
            raise InvalidInput(f"blueprint: the key {key!r} should be {_PREFIX}AREA-SCOPE-GENE-TYPE")
        area, _, gene, kind = parts
        genes = areas.setdefault(area, {})
        suffix = f"{gene}-{kind}"
        if suffix in _EXTENT:
            genes.setdefault("block_boundaries", [1, 1, 1])[_EXTENT[suffix]] = value
        elif suffix in FLAT:
            genes[FLAT[suffix]] = _mapping(value, key) if FLAT[suffix] == "cortical_mapping_dst" else value
    return areas


def _mapping(value: Any, key: str) -> Any:
    """Flat mappings are lists ``[morphology, scalar, multiplier, plastic, constant, ltp, ltd, window]`` or objects."""
    names = (
        "morphology_id", "morphology_scalar", "postSynapticCurrent_multiplier", "plasticity_flag", "plasticity_constant",
        "ltp_multiplier", "ltd_multiplier", "plasticity_window",
    )  # fmt: skip
    if not isinstance(value, dict):
        raise InvalidInput(f"blueprint: {key!r} should be an object")
    return {
        target: [dict(zip(names, rule, strict=False)) if isinstance(rule, list) else rule for rule in rules]
        for target, rules in value.items()
    }
