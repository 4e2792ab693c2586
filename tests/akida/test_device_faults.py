"""Every kind of fault at every transfer of a flash: nothing goes unseen, and some whole program always answers."""

from __future__ import annotations

import numpy as np
import pytest
from akida_programs import opened, small_program, some_inputs, virtual

from rusta_akida.devices.device import ProgramVariable
from rusta_akida.devices.errors import DeviceError, DeviceGone, DeviceRefused, TransferFailed
from rusta_akida.devices.protocol import Op
from rusta_akida.devices.virtual.faults import FaultKind, FaultPlan
from rusta_akida.devices.virtual.gadget import Gadget
from rusta_akida.program.reference import reference_outputs

OLD, NEW = small_program(1), small_program(2)
OLD_INPUTS = some_inputs(OLD)
OLD_OUTPUTS, NEW_OUTPUTS = reference_outputs(OLD, OLD_INPUTS), reference_outputs(NEW, OLD_INPUTS)
# What repeating cannot mend: the device is not there any more.
FATAL = {FaultKind.UNPLUG}


def prepared() -> Gadget:
    """A device with the old program, its transfers counted from here."""
    gadget, device = virtual()
    with device:
        device.program_external(OLD.program_info, OLD.program_data)
    gadget.faults = FaultPlan()
    return gadget


def transfers_of_a_flash() -> int:
    gadget = prepared()
    with opened(gadget) as device:
        device.program_external(NEW.program_info, NEW.program_data)
    return gadget.faults.counted


TRANSFERS = transfers_of_a_flash()


def what_answers(gadget: Gadget) -> str:
    """Which program is on the device, by its bytes and by its answers; both have to say the same."""
    gadget.faults = FaultPlan()
    if not gadget.plugged:
        gadget.plug_in()
    with opened(gadget) as device:
        read, outputs = device.readback(), device.infer(OLD_INPUTS)
    for name, program, wanted in (("old", OLD, OLD_OUTPUTS), ("new", NEW, NEW_OUTPUTS)):
        if read == (program.program_info, program.program_data):
            assert np.array_equal(outputs, wanted)
            return name
    raise AssertionError("the device holds neither program")


@pytest.mark.parametrize("kind", list(FaultKind))
def test_a_fault_at_every_transfer_of_a_flash(kind: FaultKind) -> None:
    """One fault: the flash succeeds in spite of it and the new program is there, or it says so and a whole one is."""
    assert TRANSFERS > 10
    failures = 0
    for at in range(TRANSFERS):
        gadget = prepared()
        gadget.faults = plan = FaultPlan({at: kind})
        try:
            with opened(gadget) as device:
                device.program_external(NEW.program_info, NEW.program_data)
        except DeviceError:
            failures += 1
            assert plan.happened
            assert kind in FATAL, f"{kind} at {at} could have been mended by asking again"
            answering = what_answers(gadget)
            # The swap is the last request: only its own reply can be lost after it has happened.
            assert answering == ("new" if at == TRANSFERS - 1 else "old"), at
        else:
            assert what_answers(gadget) == "new", at
    assert failures == (TRANSFERS if kind in FATAL else 0)


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind not in FATAL])
def test_a_fault_that_stays_is_told_and_leaves_the_old_program(kind: FaultKind) -> None:
    """From every transfer on, all transfers fail: the driver gives up in words and nothing was activated unseen."""
    for at in range(0, TRANSFERS - 1, 3):
        gadget = prepared()
        gadget.faults = FaultPlan(every=kind, start=at)
        with pytest.raises((TransferFailed, DeviceRefused)), opened(gadget) as device:
            device.program_external(NEW.program_info, NEW.program_data)
        assert what_answers(gadget) == "old", at


def test_two_faults_in_a_row_are_mended_too() -> None:
    for at in range(TRANSFERS):
        gadget = prepared()
        gadget.faults = FaultPlan({at: FaultKind.BIT_FLIP, at + 1: FaultKind.LOST})
        with opened(gadget) as device:
            device.program_external(NEW.program_info, NEW.program_data)
        assert what_answers(gadget) == "new"


@pytest.mark.parametrize("kind", list(FaultKind))
@pytest.mark.parametrize("at", [0, 1])
def test_a_variable_is_replaced_whole_or_not_at_all(kind: FaultKind, at: int) -> None:
    gadget = prepared()
    block = NEW.program_data[: NEW.layers[0].spec.weight_bytes]
    before = gadget.chip.active.data if gadget.chip.active else b""
    after = block + before[len(block) :]
    gadget.faults = FaultPlan({at: kind})
    try:
        with opened(gadget) as device:
            device.set_variable(ProgramVariable(0, block))
    except DeviceGone:
        assert kind in FATAL
    else:
        assert gadget.chip.active is not None
        assert gadget.chip.active.data == after
    assert gadget.chip.active is not None
    assert gadget.chip.active.data in (before, after)


def test_an_inference_is_never_wrong_quietly() -> None:
    for kind in FaultKind:
        for at in range(6):
            gadget = prepared()
            with opened(gadget) as device:
                gadget.faults = FaultPlan({at: kind})
                try:
                    outputs = device.infer(OLD_INPUTS)
                except DeviceError:
                    assert kind in FATAL
                else:
                    assert np.array_equal(outputs, OLD_OUTPUTS)


def test_a_reset_is_not_repeated_by_itself() -> None:
    gadget = prepared()
    with opened(gadget) as device:
        gadget.faults = FaultPlan({1: FaultKind.LOST})
        with pytest.raises(TransferFailed, match="not repeated"):
            device.reset()
    assert gadget.faults.counted == 2


def test_memory_that_changes_behind_the_seal_is_found_when_it_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device whose check of its own memory lies: what is read back differs, and nothing is activated."""
    gadget = prepared()
    chip = gadget.chip
    honest = chip.handle

    def lying(op: int, payload: bytes) -> tuple[object, bytes]:
        answer = honest(op, payload)
        if op == Op.SEAL:
            assert chip.staging is not None
            chip.staging.data[0] ^= 0x10
        return answer

    monkeypatch.setattr(chip, "handle", lying)
    with opened(gadget) as device, pytest.raises(DeviceError, match="differs at byte 0"):
        device.program_external(NEW.program_info, NEW.program_data)
    monkeypatch.undo()
    assert what_answers(gadget) == "old"
