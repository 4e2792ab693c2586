"""Reservoirs, quantised readouts, chip programs, devices and the flashing domain."""
