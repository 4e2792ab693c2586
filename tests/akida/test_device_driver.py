"""The driver over the real pyusb: programs, variables, read-back, refusals, locks, USB/IP and the memory on disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import usb.core
from akida_programs import deep_program, opened, small_program, some_inputs, virtual, weights

from rusta_akida.devices.backend import WireBackend
from rusta_akida.devices.device import Device, InferConfig, ProgramVariable
from rusta_akida.devices.errors import DeviceBusy, DeviceError, DeviceGone, DeviceNotFound, DeviceRefused
from rusta_akida.devices.locking import DeviceLock
from rusta_akida.devices.manager import DeviceManager, open_device, virtual_device
from rusta_akida.devices.messages import program_hash
from rusta_akida.devices.protocol import Bank, Status
from rusta_akida.devices.usbip.client import list_devices
from rusta_akida.devices.usbip.server import UsbIpServer
from rusta_akida.devices.virtual.chip import PRODUCT, Chip
from rusta_akida.devices.virtual.gadget import PRODUCT_ID, VENDOR_ID, Gadget
from rusta_akida.devices.virtual.image import open_chip
from rusta_akida.devices.wires import LocalWire
from rusta_akida.program.builder import ProgramBuilder
from rusta_akida.program.errors import BuildError
from rusta_akida.program.reference import reference_outputs


@pytest.fixture(params=["virtual", "usbip"])
def device(request: pytest.FixtureRequest) -> Iterator[Device]:
    """The same device in this process, and behind a socket."""
    gadget = Gadget(Chip())
    if request.param == "virtual":
        with opened(gadget) as one:
            yield one
        return
    with UsbIpServer(gadget) as server, open_device(f"usbip:127.0.0.1:{server.port}") as one:
        yield one


def test_it_is_an_ordinary_usb_device_to_pyusb() -> None:
    found = usb.core.find(idVendor=VENDOR_ID, idProduct=PRODUCT_ID, backend=WireBackend([LocalWire(Gadget(Chip()))]))
    assert found is not None
    assert (found.manufacturer, found.product, found.serial_number) == ("Rusta", PRODUCT, "V0")
    found.set_configuration()
    interface = found.get_active_configuration()[(0, 0)]
    assert [endpoint.bEndpointAddress for endpoint in interface] == [0x01, 0x81]
    assert "not verified on silicon" in found.product
    usb.util.dispose_resources(found)


def test_the_way_of_the_documents_step_by_step(device: Device) -> None:
    """device.write(info); device.dma_write_program(data); device.set_program(); device.infer(inputs)."""
    program = small_program()
    device.write(program.program_info)
    device.dma_write_program(program.program_data)
    digest = device.set_program()
    assert digest == program_hash(program.program_info, program.program_data).hex() == device.identify().active
    rows = some_inputs(program, 40)
    assert np.array_equal(device.infer(rows, InferConfig(batch=7)), reference_outputs(program, rows))
    assert device.readback() == (program.program_info, program.program_data)


def test_variables_are_swapped_in_place_and_back(device: Device) -> None:
    """Three classifiers on one loaded program."""
    program = deep_program()
    device.program_external(program.program_info, program.program_data)
    rows = some_inputs(program, 6)
    layer = program.layers[1]
    for seed in (1, 2, 3, 1):
        ints = weights(seed, 2, 128)
        device.set_variable(ProgramVariable(slot_id=0, data=ints))
        info, data = device.readback()
        assert data[: layer.offset] == program.program_data[: layer.offset]
        assert data[layer.end :] == program.program_data[layer.end :]
        swapped = (
            ProgramBuilder()
            .layer(program.layers[0].spec, program.weights[0].weights)
            .fully_connected(in_features=128, out_features=2, weights=ints, mutable=True)
            .build()
        )
        assert (info, data) == (swapped.program_info, swapped.program_data)
        assert np.array_equal(device.infer(rows), reference_outputs(swapped, rows))
    device.set_variable(ProgramVariable(0, program.program_data[layer.offset : layer.end]))
    assert device.readback() == (program.program_info, program.program_data)


def test_a_swap_is_far_cheaper_than_a_program() -> None:
    """By the model of the link; its constants are quoted, so only the ratio is looked at."""
    program = deep_program()
    with virtual_device() as device:
        with device.measured() as whole:
            device.program_external(program.program_info, program.program_data)
        with device.measured() as swap:
            device.set_variable(ProgramVariable(0, weights(5, 2, 128)))
        with device.measured() as nothing:
            pass
    assert whole.modelled_us / swap.modelled_us > 500
    assert (nothing.transfers, nothing.octets) == (0, 0)
    assert swap.transfers == 2


def test_the_old_program_answers_until_the_new_one_is_activated(device: Device) -> None:
    old, new = small_program(1), small_program(2)
    rows = some_inputs(old)
    device.program_external(old.program_info, old.program_data)
    device.write(new.program_info)
    device.dma_write_program(new.program_data)
    assert np.array_equal(device.infer(rows), reference_outputs(old, rows))
    device.seal_program()
    assert np.array_equal(device.infer(rows, InferConfig(bank=Bank.STAGED)), reference_outputs(new, rows))
    assert np.array_equal(device.infer(rows), reference_outputs(old, rows))
    device.set_program()
    assert np.array_equal(device.infer(rows), reference_outputs(new, rows))
    device.restore(device.identify().previous)
    assert device.readback() == (old.program_info, old.program_data)
    assert device.readback("previous") == (new.program_info, new.program_data)


def refused(device: Device, action: object, says: str) -> DeviceRefused:
    with pytest.raises(DeviceRefused, match=says) as caught:
        action()  # type: ignore[operator]
    device.identify()  # it goes on talking
    return caught.value


def test_what_the_device_declines_is_told_with_its_reason(device: Device) -> None:
    program = small_program()
    assert (
        refused(device, lambda: device.infer([[0] * 6]), "no active program; write one first").status
        == Status.NO_PROGRAM
    )
    device.write(program.program_info)
    device.dma_write_program(program.program_data[:-1])
    refused(device, device.seal_program, "cut off|bytes")
    with pytest.raises(DeviceError, match="nothing is written"):
        virtual_device().seal_program()
    with pytest.raises(DeviceError, match="comes before"):
        virtual_device().dma_write_program(b"")
    device.program_external(program.program_info, program.program_data)
    missing = refused(device, lambda: device.set_variable(ProgramVariable(9, b"\0" * 6)), "no mutable slot 9; there: 0")
    assert missing.status == Status.NO_SUCH_SLOT
    refused(device, lambda: device.set_variable(ProgramVariable(0, b"\0" * 5)), "6 bytes of weights, 5 were sent")
    refused(device, lambda: device.set_variable(ProgramVariable(0, b"\x08" * 6)), "symmetric")
    with pytest.raises(BuildError, match="0 to 255"):
        device.set_variable(ProgramVariable(256, b""))
    assert device.readback() == (program.program_info, program.program_data)


def test_a_program_that_does_not_fit_is_declined_by_the_device_itself(device: Device) -> None:
    program = (
        ProgramBuilder().sdk_version("2.19.0").fully_connected(in_features=1, out_features=1, weights=[[1]]).build()
    )
    found = refused(device, lambda: device.program_external(program.program_info, program.program_data), "firmware")
    assert found.status == Status.DOES_NOT_FIT


def test_somebody_else_s_program_is_not_overwritten_unseen() -> None:
    _, device = virtual()
    with device:
        first, second = small_program(1), small_program(2)
        device.write(first.program_info, b"t" * 16)
        device.dma_write_program(first.program_data)
        digest = device.seal_program()
        with pytest.raises(DeviceRefused, match="is 000000000000 now") as caught:
            device.activate(b"t" * 16, digest, program_hash(second.program_info, second.program_data).hex())
        assert caught.value.status == Status.CHANGED


def test_one_client_at_a_time_in_a_process_and_between_processes(tmp_path: Path) -> None:
    gadget = Gadget(Chip())
    with opened(gadget), pytest.raises(DeviceBusy, match="claimed"):
        opened(gadget)
    opened(gadget).close()
    lock = DeviceLock(tmp_path / "akida/locks/virtual.lock", "device virtual")
    with lock, pytest.raises(DeviceBusy, match=f"in use by process {os.getpid()}"):
        DeviceLock(tmp_path / "akida/locks/virtual.lock", "device virtual", wait_s=0.0).take()
    with UsbIpServer(Gadget(Chip())) as server:
        name = f"usbip:127.0.0.1:{server.port}"
        with open_device(name), pytest.raises(DeviceBusy, match="another client has"):
            open_device(name)


def test_clients_in_threads_take_turns_on_one_device() -> None:
    program = small_program()
    _, device = virtual()
    rows = some_inputs(program, 20)
    expected = reference_outputs(program, rows)
    failures: list[object] = []

    def ask() -> None:
        for _ in range(10):
            if not np.array_equal(device.infer(rows), expected):
                failures.append("wrong")

    with device:
        device.program_external(program.program_info, program.program_data)
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_a_server_that_ends_is_a_device_that_is_gone() -> None:
    server = UsbIpServer(Gadget(Chip())).start()
    device = open_device(f"usbip:127.0.0.1:{server.port}")
    server.close()
    with pytest.raises(DeviceGone, match="is gone"):
        device.identify()
    device.close()
    with pytest.raises(DeviceGone, match="rusta akida serve"):
        open_device(f"usbip:127.0.0.1:{server.port}")


def test_the_server_lists_its_device_and_sends_strangers_away() -> None:
    with UsbIpServer(Gadget(Chip())) as server:
        assert list_devices("127.0.0.1", server.port) == [("1-1", VENDOR_ID, PRODUCT_ID)]
        for rubbish in (b"GET / HTTP/1.1\r\n\r\n", bytes(8), b"\x01\x11\x80\x03" + bytes(4) + b"9-9".ljust(32, b"\0")):
            with socket.create_connection(("127.0.0.1", server.port), 5) as stranger:
                stranger.sendall(rubbish)
                stranger.shutdown(socket.SHUT_WR)
                assert len(stranger.recv(64)) in (0, 8)
        with open_device(f"usbip:127.0.0.1:{server.port}") as device:
            assert device.identify().serial == "V0"


@pytest.mark.skipif(shutil.which("usbip") is None, reason="the Debian package usbip is not installed; it is optional")
def test_the_debian_client_lists_the_device() -> None:
    with UsbIpServer(Gadget(Chip())) as server:
        command = ["usbip", "--tcp-port", str(server.port), "list", "-r", "127.0.0.1"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert f"({VENDOR_ID:04x}:{PRODUCT_ID:04x})" in done.stdout


def test_the_memory_on_disk_is_the_same_device_again(tmp_path: Path) -> None:
    first, second = small_program(1), small_program(2)
    with open_device("virtual", tmp_path) as device:
        device.program_external(first.program_info, first.program_data)
        device.program_external(second.program_info, second.program_data)
        device.set_variable(ProgramVariable(0, first.program_data[:6]))
        now = device.readback()
        device.write(first.program_info, b"x" * 16)
        device.dma_write_program(first.program_data)
        device.seal_program()
    with open_device("virtual", tmp_path) as device:
        assert device.readback() == now
        assert device.readback("previous") == (first.program_info, first.program_data)
        assert device.readback("staged") == (first.program_info, first.program_data)
        assert device.identify().sealed == (b"x" * 16).hex()


@pytest.mark.parametrize("damage", ["cut", "bit", "other", "empty"])
def test_a_damaged_memory_is_refused_in_words(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "memory.json"
    chip = open_chip(path)
    program = small_program()
    with opened(Gadget(chip)) as device:
        device.program_external(program.program_info, program.program_data)
    text = path.read_text()
    if damage == "other":
        text = json.dumps({**json.loads(text), "profile": "akd9"})
    at = text.index('"data"') + 12
    changed = {"cut": text[:-9], "bit": text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :], "empty": "{}"}
    path.write_text(changed.get(damage, text))
    with pytest.raises(DeviceError, match=r"memory|checksum"):
        open_chip(path)


def card(root: Path, address: str, vendor: str, device: str) -> None:
    folder = root / address
    folder.mkdir(parents=True)
    (folder / "vendor").write_text(f"{vendor}\n")
    (folder / "device").write_text(f"{device}\n")


def test_cards_on_pcie_are_found_and_honestly_not_driven(tmp_path: Path) -> None:
    card(tmp_path, "0000:01:00.0", "0x1e7c", "0xbca1")
    card(tmp_path, "0000:02:00.0", "0x1e7c", "0xa500")
    card(tmp_path, "0000:03:00.0", "0x8086", "0x1234")
    (tmp_path / "rubbish").mkdir()
    manager = DeviceManager.discover(sysfs=tmp_path)
    assert [one.name for one in manager.devices] == ["pcie:0000:01:00.0", "pcie:0000:02:00.0", "virtual"]
    with pytest.raises(
        DeviceNotFound, match=r"found on PCIe, and this product cannot drive it.*not verified on silicon"
    ):
        manager.open("pcie:0000:01:00.0")
    with manager.open_first() as device:
        assert device.name == "virtual"
    assert DeviceManager.discover(sysfs=tmp_path / "none").devices[-1].name == "virtual"


@pytest.mark.parametrize("name", ["usbip:", "usbip:host", "usbip:host:99999", "tcp:1", "nothing", "usbip:a b:1"])
def test_names_of_no_device_are_refused(name: str) -> None:
    with pytest.raises(DeviceNotFound, match="form"):
        DeviceManager.discover(name=name)


def test_the_environment_names_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    with UsbIpServer(Gadget(Chip(serial="served"))) as server:
        monkeypatch.setenv("RUSTA_AKIDA_DEVICE", f"usbip:127.0.0.1:{server.port}")
        with DeviceManager.discover().open_first() as device:
            assert device.identify().serial == "served"


def test_a_device_that_is_lost_in_opening_is_told() -> None:
    gadget = Gadget(Chip())
    gadget.plugged = False
    with pytest.raises(DeviceGone) as caught:
        opened(gadget)
    assert os.strerror(errno.ENODEV) not in str(caught.value) or "gone" in str(caught.value)
