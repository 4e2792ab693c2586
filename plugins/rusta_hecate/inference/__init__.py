"""Running a trained model without PyTorch: int8 weights, a state of constant size, NumPy and the native kernels."""
