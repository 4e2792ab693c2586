"""Checks that the model's mathematics is right: central differences, an independent plain model, loss curves."""
