"""Devices: finding them, putting programs on them, asking them, and a virtual one that executes program bytes.

The USB transport is this product's own: the chips come on PCIe cards, and no USB product of them exists.
"""
