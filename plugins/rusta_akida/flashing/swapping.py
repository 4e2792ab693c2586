"""Going from one program to another by replacing the weights of mutable slots, where that is all that differs."""

from __future__ import annotations

from rusta_akida.devices.device import Device, ProgramVariable
from rusta_akida.program.reading import parse_program

Parts = tuple[bytes, bytes]


def slots_between(now: Parts, then: Parts) -> tuple[int, ...] | None:
    """The mutable slots whose weights differ between two programs; None when anything else differs too."""
    if now[0] != then[0] or len(now[1]) != len(then[1]):
        return None
    program = parse_program(*now, weights=False)
    found, rest = [], [bytearray(now[1]), bytearray(then[1])]
    for slot, number in sorted(program.slots.items()):
        layer = program.layers[number]
        if now[1][layer.offset : layer.end] != then[1][layer.offset : layer.end]:
            found.append(slot)
        for data in rest:
            data[layer.offset : layer.end] = bytes(layer.end - layer.offset)
    return tuple(found) if rest[0] == rest[1] else None


def swap_in_place(device: Device, then: Parts) -> tuple[int, ...] | None:
    """Make the active program ``then`` by :meth:`Device.set_variable`; gives the slots that were replaced.

    None, and nothing is done, when more differs than mutable slots. Raises as the device does.
    """
    slots = slots_between(device.readback(), then)
    if slots is None:
        return None
    program = parse_program(*then)
    for slot in slots:
        layer = program.layers[program.slots[slot]]
        device.set_variable(ProgramVariable(slot, then[1][layer.offset : layer.end]))
    return slots
