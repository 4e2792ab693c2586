"""Synaptogenesis: rules that join neurons, seeded and exactly repeatable, and recipes that name them."""
