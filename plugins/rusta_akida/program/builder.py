"""Building a program, layer by layer."""

from __future__ import annotations

from dataclasses import replace

import numpy.typing as npt

from rusta_akida.program import parameters
from rusta_akida.program.blocks import integers, write_block
from rusta_akida.program.errors import BuildError
from rusta_akida.program.info import DEFAULT_VERSION, ProgramInfoBuilder, check_layers, check_version
from rusta_akida.program.layers import BIAS_BITS, Activation, Geometry, LayerSpec, LayerType, Padding, completed
from rusta_akida.program.reading import Program, chain_fault, parse_program
from rusta_akida.quantiser.packing import Int8
from rusta_akida.quantiser.readout import QuantisedReadout

Values = npt.ArrayLike | bytes


class ProgramBuilder:
    """Describes a program; :meth:`build` makes it. Every method gives the builder back, so that calls can be chained::

        program = (
            ProgramBuilder()
            .sdk_version("2.18.2")
            .input_conv(in_features=128, out_features=128, kernel_size=1, weights=w1, threshold=1.0)
            .fully_connected(in_features=128, out_features=2, weights=w2, mutable=True, slot_id=0)
            .build()
        )
        device.program_external(program.program_info, program.program_data)

    Weights are integers of shape (outputs, inputs), or such integers already packed into bytes.
    """

    def __init__(self) -> None:
        self._version = DEFAULT_VERSION
        self._layers: list[tuple[LayerSpec, Int8, Int8 | None]] = []

    def sdk_version(self, version: str) -> ProgramBuilder:
        """The firmware that the program is for."""
        check_version(version)
        self._version = version
        return self

    def input_conv(
        self,
        *,
        weights: Values,
        in_features: int | None = None,
        out_features: int | None = None,
        kernel_size: int = 1,
        biases: Values | None = None,
        threshold: float = 1.0,
        weight_bits: int = 4,
        input_bits: int | None = None,
        activation: Activation | None = None,
        mutable: bool = False,
        slot_id: int = 0,
        bias_multiplier: int = 1,
        height: int | None = None,
        width: int | None = None,
        channels: int = 1,
        filters: int | None = None,
        stride: int = 1,
        padding: Padding = "valid",
    ) -> ProgramBuilder:
        """Add an input convolution, which can only be the first layer.

        With ``kernel_size`` 1 (the documents' example) every output sees every input, and weights are (out_features,
        in_features). A larger kernel needs ``height``, ``width`` and ``filters``; weights are then (filters,
        kernel_size, kernel_size, channels), and in_features and out_features follow.

        Raises:
            BuildError: something does not fit; it is named.
        """
        shape = None
        if kernel_size != 1:
            if height is None or width is None or filters is None:
                raise BuildError(f"input_conv: a kernel of {kernel_size} needs height, width and filters")
            shape = Geometry(height, width, channels, kernel_size, stride, padding)
            in_features, out_features = height * width * channels, filters * shape.places
        if in_features is None or out_features is None:
            raise BuildError("input_conv: in_features and out_features are needed")
        return self.layer(
            LayerSpec(
                LayerType.INPUT_CONV, in_features, out_features, weight_bits, threshold, mutable, slot_id, input_bits,
                activation, biases is not None, bias_multiplier, shape,
            ),
            weights,
            biases,
        )  # fmt: skip

    def fully_connected(
        self,
        *,
        in_features: int,
        out_features: int,
        weights: Values,
        biases: Values | None = None,
        threshold: float = 1.0,
        mutable: bool = False,
        slot_id: int = 0,
        weight_bits: int = 4,
        input_bits: int | None = None,
        activation: Activation | None = None,
        bias_multiplier: int = 1,
    ) -> ProgramBuilder:
        """Add a fully connected layer. ``mutable`` lets ``set_variable`` replace its weights under ``slot_id``.

        Raises:
            BuildError: something does not fit; it is named.
        """
        spec = LayerSpec(
            LayerType.FULLY_CONNECTED, in_features, out_features, weight_bits, threshold, mutable, slot_id, input_bits,
            activation, biases is not None, bias_multiplier,
        )  # fmt: skip
        return self.layer(spec, weights, biases)

    def readout(self, readout: QuantisedReadout, *, mutable: bool = True, slot_id: int = 0) -> ProgramBuilder:
        """Add a quantised readout as a fully connected layer that gives its potentials."""
        return self.fully_connected(
            in_features=readout.inputs,
            out_features=readout.outputs,
            weights=readout.weights,
            biases=readout.biases,
            threshold=readout.threshold,
            mutable=mutable,
            slot_id=slot_id,
            weight_bits=readout.bits,
            input_bits=readout.activation.bits,
        )

    def layer(self, spec: LayerSpec, weights: Values, biases: Values | None = None) -> ProgramBuilder:
        """Add any layer.

        Raises:
            BuildError: the weights or biases do not fit the layer.
        """
        rows = (spec.filters, spec.fan_in)
        ints = integers(weights, spec, "weights", rows, spec.weight_bits)
        if spec.biases != (biases is not None):
            spec = replace(spec, biases=biases is not None)
        extra = None if biases is None else integers(biases, spec, "biases", (spec.filters,), BIAS_BITS)
        self._layers.append((spec, ints, extra))
        return self

    def build(self) -> Program:
        """The program.

        Raises:
            BuildError: the layers do not fit together; the two are named.
        """
        specs = completed([spec for spec, _, _ in self._layers])
        check_layers(specs)
        for number in range(1, len(specs)):
            why = chain_fault(specs[number - 1], specs[number])
            if why:
                raise BuildError(f"layer {number} ({specs[number].kind.label}): {why}")
        info = ProgramInfoBuilder().version(self._version)
        data = bytearray()
        for spec, (_, weights, biases) in zip(specs, self._layers, strict=True):
            info.layer(spec)
            data += write_block(spec, weights, biases)
        data += parameters.write(specs)
        # Read back as a stranger would: what is given out has been through every check of the reader.
        return parse_program(info.build(), bytes(data), weights=False)
