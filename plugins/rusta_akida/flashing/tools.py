"""The tools of a flash. Those with a lasting effect can be asked whether they happened: the device knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np
import numpy.typing as npt

from rusta_akida.devices.device import Device, InferConfig, transaction_of
from rusta_akida.devices.manager import open_device
from rusta_akida.devices.messages import program_hash
from rusta_akida.devices.protocol import Bank
from rusta_akida.errors import AkidaError
from rusta_akida.flashing import arguments as a
from rusta_akida.flashing.proof import Comparison, compare
from rusta_akida.flashing.shelf import Shelf
from rusta_akida.flashing.swapping import slots_between, swap_in_place
from rusta_akida.program.budget import budget
from rusta_akida.program.profiles import profile
from rusta_akida.program.verifying import verify_container
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult


@contextmanager
def _device(name: str, context: ToolContext) -> Iterator[Device]:
    """The device, open; our errors become the tool's."""
    try:
        with open_device(name, context.home) as device:
            yield device
    except AkidaError as error:
        raise ToolError(str(error)) from None


def sense(args: a.SenseArgs, context: ToolContext) -> ToolResult:
    """Ask the device who it is."""
    with _device(args.device, context) as device:
        who = device.identify()
    active = f"program {who.active[:12]} is active" if who.active else "no program is active"
    return ToolResult(
        f"{who.product}, serial {who.serial}: {active}",
        a.Sensed(
            device=args.device, product=who.product, serial=who.serial, profile=who.profile, version=who.version,
            layout=who.layout, active=who.active, previous=who.previous,
        ),
    )  # fmt: skip


def check(args: a.CheckArgs, context: ToolContext) -> ToolResult:
    """Verify the container and hold it against the device's profile."""
    try:
        container = Shelf(context.home).container(args.program)
        on = profile(args.profile)
        verification = verify_container(container, on)
    except AkidaError as error:
        raise ToolError(str(error)) from None
    program, delta = container.program, container.delta
    wrong = {finding.name: finding.text for finding in verification.findings if not finding.ok}
    delta_refusal = wrong.pop("quantised delta", "")
    refusal = "; ".join(wrong.values())
    return ToolResult(
        refusal or f"{container.name} fits {on.title}",
        a.Checked(
            name=container.name,
            program_hash=program_hash(program.program_info, program.program_data).hex(),
            info_bytes=len(program.program_info),
            data_bytes=len(program.program_data),
            refusal=refusal,
            delta_refusal=delta_refusal,
            delta=None if np.isnan(delta) else delta,
            budget=tuple(a.BudgetLine(**asdict(line)) for line in budget(program, on).lines),
        ),
    )


def dry_run(args: a.DryRunArgs, context: ToolContext) -> ToolResult:
    """Flash a twin in this process and prove the program there. Nothing outside is touched."""
    from rusta_akida.devices.manager import virtual_device

    try:
        container = Shelf(context.home).container(args.program)
        program = container.program
        with virtual_device(profile(args.profile)) as twin:
            with twin.measured() as cost:
                twin.program_external(program.program_info, program.program_data)
            found = compare(lambda inputs: twin.infer(inputs), container, args.seed, args.rows)
    except AkidaError as error:
        raise ToolError(str(error)) from None
    return ToolResult(
        f"on a twin: {_words(found)}; {cost.transfers} transfers, {cost.octets:,} bytes",
        a.DryRun(
            **asdict(found), transfers=cost.transfers, octets=cost.octets, modelled_us=round(cost.modelled_us, 3)
        ),
    )  # fmt: skip


def write(args: a.WriteArgs, context: ToolContext) -> ToolResult:
    """Keep the active program's bytes, then stage the new one beside it, checked by the device and read back."""
    shelf = Shelf(context.home)
    with _device(args.device, context) as device:
        program = shelf.container(args.program).program
        before = device.identify().active
        if before:
            shelf.put_program(*device.readback())
        device.write(program.program_info, transaction_of(context.key))
        device.dma_write_program(program.program_data)
        return _written(device.seal_program(), before)


def reconcile_write(args: a.WriteArgs, context: ToolContext) -> ToolResult | None:
    """Is this very change on the chip, whole and sealed? Half of it counts as no: writing again takes it up."""
    with _device(args.device, context) as device:
        program = Shelf(context.home).container(args.program).program
        who = device.identify()
        digest = program_hash(program.program_info, program.program_data).hex()
        if who.sealed != transaction_of(context.key).hex() or who.staged != digest:
            return None
        device.readback("staged")
        return _written(digest, who.active)


def prove(args: a.ProveArgs, context: ToolContext) -> ToolResult:
    """Ask the device and compare every value with the reference."""
    bank = Bank.STAGED if args.staged else Bank.ACTIVE

    with _device(args.device, context) as device:
        container = Shelf(context.home).container(args.program)

        def infer(inputs: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
            return device.infer(inputs, InferConfig(bank=bank))

        found = compare(infer, container, args.seed, args.rows)
    return ToolResult(f"{bank.name.lower()} program: {_words(found)}", a.Proof(**asdict(found)))


def compare_slots(args: a.CompareArgs, context: ToolContext) -> ToolResult:
    """Look whether the weights of mutable slots are all that differs from the active program."""
    with _device(args.device, context) as device:
        program = Shelf(context.home).container(args.program).program
        slots = None
        if device.identify().active:
            slots = slots_between(device.readback(), (program.program_info, program.program_data))
    if slots is None:
        return ToolResult("more than weights of mutable slots differs", a.Compared(in_place=False, slots=()))
    return ToolResult(
        f"slots that differ: {', '.join(map(str, slots)) or 'none'}", a.Compared(in_place=True, slots=slots)
    )


def replace(args: a.ReplaceArgs, context: ToolContext) -> ToolResult:
    """Keep the active program's bytes, then replace the weights of its slots, and read everything back."""
    shelf = Shelf(context.home)
    with _device(args.device, context) as device:
        program = shelf.container(args.program).program
        digest = program_hash(program.program_info, program.program_data).hex()
        active = device.identify().active
        # A change that was cut off may have left some slots new and some old.
        if active not in (args.before, digest) and context.attempt == 1:
            raise ToolError(f"somebody flashed {active[:12]} in the meantime; start a new flash")
        if active == args.before:
            shelf.put_program(*device.readback())
        if swap_in_place(device, (program.program_info, program.program_data)) is None:
            raise ToolError("more than weights of mutable slots differs; start a new flash")
        _swapped(device, digest)
        return _written(digest, args.before, "active, in place")


def reconcile_replace(args: a.ReplaceArgs, context: ToolContext) -> ToolResult | None:
    """Is it the active program? Some slots alone count as no: replacing again brings the rest."""
    with _device(args.device, context) as device:
        program = Shelf(context.home).container(args.program).program
        digest = program_hash(program.program_info, program.program_data).hex()
        return _written(digest, args.before, "active, in place") if device.identify().active == digest else None


def activate(args: a.SwapArgs, context: ToolContext) -> ToolResult:
    """Swap the staged program in, then read the active bytes back."""
    with _device(args.device, context) as device:
        who = device.identify()
        if who.active != args.to:
            if who.staged != args.to:
                raise ToolError(f"{args.to[:12]} is not staged on {args.device} any more; start a new flash")
            device.activate(bytes.fromhex(who.sealed), args.to, args.before)
        return _swapped(device, args.to)


def restore(args: a.SwapArgs, context: ToolContext) -> ToolResult:
    """Go back to a program that was kept, byte for byte: from the other bank, by its slots, or else written anew."""
    with _device(args.device, context) as device:
        who = device.identify()
        if who.active != args.to:
            if who.previous == args.to or not args.to:
                device.restore(args.to)
            else:
                kept = Shelf(context.home).program(args.to)
                if not who.active or swap_in_place(device, kept) is None:
                    device.program_external(*kept, transaction_of(context.key))
        return _swapped(device, args.to)


def reconcile_swap(args: a.SwapArgs, context: ToolContext) -> ToolResult | None:
    """Is it the active program?"""
    with _device(args.device, context) as device:
        return _swapped(device, args.to) if device.identify().active == args.to else None


def discard(args: a.DiscardArgs, context: ToolContext) -> ToolResult:
    """Throw away what is staged."""
    with _device(args.device, context) as device:
        sealed = device.identify().sealed
        if sealed:
            device.discard_program(bytes.fromhex(sealed))
        else:
            device.reset()
        return ToolResult("nothing is staged", a.Swapped(active=device.identify().active))


def reconcile_discard(args: a.DiscardArgs, context: ToolContext) -> ToolResult | None:
    """Is nothing staged that could be activated?"""
    with _device(args.device, context) as device:
        who = device.identify()
    return None if who.sealed else ToolResult("nothing is staged", a.Swapped(active=who.active))


def _written(digest: str, before: str, how: str = "staged") -> ToolResult:
    was = f"before it {before[:12]}" if before else "no program before it"
    return ToolResult(f"{digest[:12]} is {how} and was read back; {was}", a.Written(program_hash=digest, before=before))


def _swapped(device: Device, digest: str) -> ToolResult:
    found = program_hash(*device.readback()).hex() if digest else device.identify().active
    if found != digest:
        raise ToolError(f"the active program reads as {found[:12]}, not {digest[:12]}")
    return ToolResult(f"{digest[:12] or 'no program'} is active, byte for byte", a.Swapped(active=digest))


def _words(found: Comparison) -> str:
    if found.mismatches:
        return f"{found.mismatches} of {found.values} values differ from the reference; first {found.first}"
    return f"{found.values} values equal the reference"
