"""The crates that lie on this machine: which versions there are, their features, and where they hand out their names.

The compiler knows only crates that the program mentions, and only the features that are on. What was not asked for has
to be read from the sources themselves.
"""
