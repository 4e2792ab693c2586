"""Readouts from other programs' files: what is taken, and what is refused by its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import safetensors.numpy
from akida_programs import weights
from onnx import TensorProto, helper, numpy_helper

from rusta_akida.errors import AkidaError
from rusta_akida.program.errors import ImportFailed, UnsupportedLayer
from rusta_akida.program.importing.readouts import import_readout
from rusta_akida.program.reference import reference_outputs
from rusta_akida.program.verifying import verify_container

INTS, BIASES = weights(0, 3, 8), weights(1, 3)
INTS[0, 0] = 7  # so that one scale for each row is found again
FLOATS = INTS * np.array([[0.5], [0.25], [2.0]])


def test_integers_are_taken_as_they_are(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", INTS)
    program = import_readout(tmp_path / "w.npy").program
    assert np.array_equal(program.weights[0].weights, INTS)
    assert program.slots == {0: 0}


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_floats_are_rounded_with_a_scale_for_each_output(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"w.{ending}"
    arrays = {"W_out": FLOATS.astype(np.float32), "bias": np.array([3.0, -8.0, 30.0], np.float32)}
    if ending == "npz":
        np.savez(path, **arrays)
    else:
        safetensors.numpy.save_file(arrays, path)
    container = import_readout(path)
    scale = np.array(container.details["scale"])
    inputs = container.proof_inputs.astype(float)
    values = container.proof_outputs * scale
    wanted = inputs @ arrays["W_out"].T + arrays["bias"]
    # Half a step of every weight at the highest input is the most that rounding can cost, and half a step of the bias.
    multiplier = container.program.layers[0].spec.bias_multiplier
    assert (np.abs(values - wanted) <= scale / 2 * (inputs.sum(axis=1, keepdims=True) + multiplier) + 1e-6).all()
    assert verify_container(container).ok


def onnx_file(path: Path, nodes: list[onnx.NodeProto], stored: dict[str, np.ndarray], shape: list[int]) -> Path:
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in stored.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph), path)
    return path


@pytest.mark.parametrize("form", ["gemm", "gemm-transposed", "matmul"])
def test_one_linear_layer_of_an_onnx_model(tmp_path: Path, form: str) -> None:
    stored = {"w": FLOATS.astype(np.float32), "b": np.array([1.0, 2.0, -3.0], np.float32)}
    if form == "gemm-transposed":
        nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["y"], transB=1)]
    else:
        stored["w"] = stored["w"].T.copy()
        nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["y"])]
    if form == "matmul":
        nodes = [helper.make_node("MatMul", ["x", "w"], ["m"]), helper.make_node("Add", ["m", "b"], ["y"])]
    container = import_readout(onnx_file(tmp_path / "m.onnx", nodes, stored, [1, 8]))
    np.savez(tmp_path / "same.npz", weights=FLOATS.astype(np.float32), biases=stored["b"])
    assert container.program.program_data == import_readout(tmp_path / "same.npz").program.program_data


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_convolution_of_an_onnx_model_computes_the_same(tmp_path: Path, padding: str) -> None:
    """Channels come first there and last here; onnx's own evaluator is the judge."""
    from onnx.reference import ReferenceEvaluator

    kernel = weights(4, 2, 3, 3, 3).astype(np.float32)  # (filters, channels, rows, columns)
    kernel[:, 0, 0, 0] = 7
    pads = [1, 1, 1, 1] if padding == "same" else [0, 0, 0, 0]
    nodes = [helper.make_node("Conv", ["x", "k"], ["y"], pads=pads, strides=[1, 1])]
    path = onnx_file(tmp_path / "c.onnx", nodes, {"k": kernel}, [1, 3, 6, 7])
    program = import_readout(path).program
    picture = np.random.default_rng(0).integers(0, 256, (1, 3, 6, 7))
    (expected,) = ReferenceEvaluator(str(path)).run(None, {"x": picture.astype(np.float32)})
    found = reference_outputs(program, picture.transpose(0, 2, 3, 1).reshape(1, -1))
    shape = program.layers[0].spec.geometry
    assert shape is not None
    ours = found.reshape(shape.output_height, shape.output_width, 2).transpose(2, 0, 1)
    assert np.array_equal(ours, expected[0].astype(int))


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "Softmax", "Relu"])
def test_other_layers_of_an_onnx_model_are_refused_by_name(tmp_path: Path, kind: str) -> None:
    path = onnx_file(tmp_path / "l.onnx", [helper.make_node(kind, ["x"], ["y"])], {}, [1, 8])
    with pytest.raises((UnsupportedLayer, ImportFailed), match=kind):
        import_readout(path)


def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    def refused(name: str, content: bytes, says: str, **more: str) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(AkidaError, match=says):
            import_readout(tmp_path / name, **more)  # type: ignore[arg-type]

    for name in ("a.npy", "a.npz", "a.safetensors", "a.onnx"):
        refused(name, b"rubbish" * 20, r"damaged|no ONNX model|holds no layer")
    refused("a.txt", b"", "not known; there are .npy")
    np.save(tmp_path / "p.npy", np.array([{}], dtype=object), allow_pickle=True)
    refused("p.npy", (tmp_path / "p.npy").read_bytes(), "damaged")
    np.savez(tmp_path / "n.npz", a=INTS, b=INTS)
    refused("n.npz", (tmp_path / "n.npz").read_bytes(), r"no array called weights or .*; it holds a \(3, 8\), b")
    np.savez(tmp_path / "n.npz", weights=FLOATS * np.nan)
    refused("n.npz", (tmp_path / "n.npz").read_bytes(), "not finite")
    np.savez(tmp_path / "n.npz", weights=INTS.astype(np.int32) * 100)
    refused("n.npz", (tmp_path / "n.npz").read_bytes(), "4 bits hold 7")
    np.savez(tmp_path / "n.npz", weights=INTS, biases=np.zeros(5))
    refused("n.npz", (tmp_path / "n.npz").read_bytes(), r"biases have shape \(5,\)")
