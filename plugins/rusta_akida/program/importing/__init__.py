"""Readouts from files of other programs: .npy, .npz, safetensors and ONNX."""
