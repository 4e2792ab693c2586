"""One linear layer out of an ONNX model: Gemm, MatMul with Add, or Conv. Everything else is refused by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import AkidaError
from rusta_akida.program.errors import ImportFailed
from rusta_akida.program.importing.arrays import LARGEST, need
from rusta_akida.program.layers import Geometry, LayerType

# They change no value and no order that matters to one layer.
_TRANSPARENT = {"Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Dropout", "Constant"}
_LINEAR = {"Gemm", "MatMul", "Conv", "Add"}


@dataclass(frozen=True, eq=False)
class OnnxLayer:
    """weights: float (rows, fan-in), a kernel as rows, columns, channels; geometry: of a convolution."""

    weights: npt.NDArray[Any]
    biases: npt.NDArray[Any] | None
    geometry: Geometry | None
    what: str


def read_onnx(path: Path) -> OnnxLayer:
    """The layer of an ONNX file.

    Raises:
        ImportFailed: the file is damaged, or holds anything but one linear layer. UnsupportedLayer: it holds a kind of
            layer that the chip does not have.
    """
    onnx = need("onnx", path)
    try:
        if path.stat().st_size > LARGEST:
            raise ImportFailed(f"{path.name} has {path.stat().st_size:,} bytes; at most {LARGEST:,} are read")
        graph = onnx.load_model_from_string(path.read_bytes()).graph
        stored = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    except AkidaError:
        raise
    except OSError as error:
        raise ImportFailed(f"{path}: {error.strerror or error}") from None
    except Exception as error:
        raise ImportFailed(f"{path.name} is no ONNX model: {type(error).__name__}: {error}") from None
    nodes = [node for node in graph.node if node.op_type not in _TRANSPARENT]
    for node in nodes:
        if node.op_type not in _LINEAR:
            LayerType.of(node.op_type)
            raise ImportFailed(f"{path.name}: {node.op_type} {node.name!r} is not imported; one Gemm or Conv is")
    kinds = [node.op_type for node in nodes]
    if kinds == ["Gemm"]:
        return _gemm(nodes[0], stored, path)
    if kinds in (["MatMul"], ["MatMul", "Add"]):
        return _matmul(nodes, stored, path)
    if kinds == ["Conv"]:
        return _conv(nodes[0], stored, graph, path)
    raise ImportFailed(
        f"{path.name} holds {', '.join(kinds) or 'no layer'}; one Gemm, MatMul with Add, or Conv is imported"
    )


def _attributes(node: Any) -> dict[str, Any]:
    from onnx import helper

    return {one.name: helper.get_attribute_value(one) for one in node.attribute}


def _stored(node: Any, index: int, stored: dict[str, Any], path: Path) -> npt.NDArray[Any] | None:
    if index >= len(node.input) or not node.input[index]:
        return None
    if node.input[index] not in stored:
        raise ImportFailed(f"{path.name}: {node.input[index]!r} of {node.op_type} is computed, not stored in the file")
    return np.asarray(stored[node.input[index]])


def _gemm(node: Any, stored: dict[str, Any], path: Path) -> OnnxLayer:
    given = _attributes(node)
    if given.get("transA", 0):
        raise ImportFailed(f"{path.name}: a Gemm with transA is not imported")
    weights, biases = _stored(node, 1, stored, path), _stored(node, 2, stored, path)
    assert weights is not None
    weights = weights * given.get("alpha", 1.0)
    weights = weights if given.get("transB", 0) else weights.T
    biases = None if biases is None else np.broadcast_to(biases * given.get("beta", 1.0), (1, len(weights))).ravel()
    return OnnxLayer(weights, biases, None, "Gemm")


def _matmul(nodes: list[Any], stored: dict[str, Any], path: Path) -> OnnxLayer:
    weights = _stored(nodes[0], 1, stored, path)
    assert weights is not None
    biases = None
    if len(nodes) == 2:
        added = 1 if nodes[1].input[0] == nodes[0].output[0] else 0
        biases = _stored(nodes[1], added, stored, path)
        biases = None if biases is None else np.broadcast_to(biases, (1, weights.shape[-1])).ravel()
    return OnnxLayer(weights.T, biases, None, "MatMul")


def _conv(node: Any, stored: dict[str, Any], graph: Any, path: Path) -> OnnxLayer:
    given = _attributes(node)
    kernel, biases = _stored(node, 1, stored, path), _stored(node, 2, stored, path)
    assert kernel is not None
    name = path.name
    if kernel.ndim != 4 or kernel.shape[2] != kernel.shape[3]:
        raise ImportFailed(f"{name}: the kernel has shape {kernel.shape}; a square one in two dimensions is needed")
    if given.get("group", 1) != 1 or any(step != 1 for step in given.get("dilations", ())):
        raise ImportFailed(f"{name}: groups and dilations of a Conv are not imported")
    strides = set(given.get("strides", (1, 1)))
    shape = next((one.type.tensor_type.shape.dim for one in graph.input if one.name == node.input[0]), ())
    sizes = [int(one.dim_value) for one in shape]
    if len(strides) != 1 or len(sizes) != 4 or not all(sizes[1:]):
        raise ImportFailed(f"{name}: one stride and an input of known size (batch, channels, height, width) are needed")
    size, stride = int(kernel.shape[2]), int(strides.pop())
    pads, auto = tuple(given.get("pads", (0, 0, 0, 0))), given.get("auto_pad", b"NOTSET")
    same = Geometry(sizes[2], sizes[3], sizes[1], size, stride, "same")
    (top, bottom), (left, right) = same.margins
    if auto == b"SAME_UPPER" or (any(pads) and pads == (top, left, bottom, right)):
        geometry = same
    elif not any(pads) and auto in (b"NOTSET", b"VALID"):
        geometry = Geometry(sizes[2], sizes[3], sizes[1], size, stride, "valid")
    else:
        raise ImportFailed(f"{name}: pads {pads} are neither 'valid' nor 'same'")
    # Ours runs over rows, columns and channels; ONNX has channels first.
    return OnnxLayer(kernel.transpose(0, 2, 3, 1).reshape(len(kernel), -1), biases, geometry, "Conv")
