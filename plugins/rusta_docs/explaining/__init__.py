"""Turns diagnostics into explanations: pure functions of the messages, the sources and the documentation."""
