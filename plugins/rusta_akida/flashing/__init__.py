"""Flashing as an episode: sense the device, plan, try on a twin, write, prove, and only then swap; or take it back."""
