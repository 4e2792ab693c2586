"""Tools of the repair domain."""
