"""Small integers for weights and states: packing, scales, rounding, readouts and the report of what it costs."""
