"""Device profiles and the budget report: every fault says what, how much, how much there is, and who says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from akida_programs import deep_program, small_program, weights

from rusta_akida.program.budget import budget, check_fits
from rusta_akida.program.builder import ProgramBuilder
from rusta_akida.program.errors import BuildError, DoesNotFit
from rusta_akida.program.profiles import profile, profile_names
from rusta_akida.program.reading import Program


def wide(inputs: int, outputs: int = 1) -> Program:
    ints = np.zeros((outputs, inputs), np.int8)
    return ProgramBuilder().fully_connected(in_features=inputs, out_features=outputs, weights=ints).build()


def test_the_example_of_the_documents_fits_with_a_remark_about_its_kernel() -> None:
    report = check_fits(deep_program())
    assert report.fits
    assert [line.name for line in report.remarks] == ["input_conv kernel size"]
    assert "published, not verified on silicon" in report.layout


def test_a_layer_that_is_too_wide_says_how_wide_and_who_says_so() -> None:
    check_fits(wide(57_334))
    with pytest.raises(
        DoesNotFit, match=r"fully_connected inputs 57,335, possible is at most 57,334 \(vendor's public"
    ):
        check_fits(wide(57_335))


def test_every_fault_is_named_at_once() -> None:
    program = (
        ProgramBuilder()
        .sdk_version("2.19.1")
        .fully_connected(in_features=60_000, out_features=1001, weights=np.zeros((1001, 60_000), np.int8))
        .build()
    )
    reason = budget(program).reason()
    for part in ("firmware version 2.19.1", "60,000", "neural processors 1,001", "program memory", "source documents"):
        assert part in reason


def test_memory_counts_both_banks() -> None:
    (line,) = [one for one in budget(small_program()).lines if one.name == "bytes of program memory"]
    program = small_program()
    assert line.used == f"{2 * (len(program.program_info) + len(program.program_data)):,}"


def test_a_convolution_is_held_against_the_vendor_s_table() -> None:
    def conv(**changes: int) -> Program:
        given = {"height": 8, "width": 8, "channels": 1, "kernel_size": 3, "filters": 2} | changes
        window = given["kernel_size"] ** 2 * given["channels"]
        return ProgramBuilder().input_conv(weights=weights(0, given["filters"], window), **given).build()  # type: ignore[arg-type]

    check_fits(conv())
    for change in ({"kernel_size": 2}, {"channels": 2}, {"height": 4}, {"width": 4}):
        (name,) = change
        with pytest.raises(DoesNotFit, match=name.replace("_", " ")):
            check_fits(conv(**change))


def test_nothing_is_said_to_fit_a_chip_whose_layout_is_unknown() -> None:
    with pytest.raises(DoesNotFit, match=r"AKD1000 with firmware 2\.18\.2 only"):
        check_fits(small_program(), profile("akd1500"))


def test_profiles_are_data(tmp_path: Path) -> None:
    assert profile_names() == ["akd1000", "akd1500"]
    own = tmp_path / "mine.toml"
    text = Path(str(__import__("rusta_akida").__path__[0]), "program/data/profiles/akd1000.toml").read_text()
    own.write_text(text.replace("most = 1000", "most = 1").replace('"akd1000"', '"mine"'))
    with pytest.raises(DoesNotFit, match="neural processors 2, possible is at most 1"):
        check_fits(small_program(), profile(str(own)))
    with pytest.raises(BuildError, match="there are: akd1000, akd1500"):
        profile("akd9")
    own.write_text("name = 'x'")
    with pytest.raises(BuildError, match="KeyError"):
        profile(str(tmp_path / "." / "mine.toml"))
