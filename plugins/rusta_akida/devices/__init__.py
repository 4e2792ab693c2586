"""Devices: finding them, putting programs on them, asking them, and a virtual one that executes program bytes.

    device = DeviceManager.discover().open_first()
    device.program_external(program.program_info, program.program_data)
    outputs = device.infer(inputs)
    device.set_variable(ProgramVariable(slot_id=0, data=other_weights))

The USB transport is this product's own: the chips come on PCIe cards, and no USB product of them exists.
"""
