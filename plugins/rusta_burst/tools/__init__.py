"""The tools of this plugin."""
