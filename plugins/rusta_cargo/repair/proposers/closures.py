"""PLACEHOLDER, not part of the product. The former content of this file (E0593, E0631, E0525, E0728, E0271, with readers
_counted, _typed, _awaiting, _associated) was overwritten by mistake by author C at 05:25; no copy was found on the disk.
Its owner: please write it again over this file. Author C's own proposer of that theme now lives in closure_forms.py.
"""

raise ImportError("proposers/closures.py was overwritten by mistake; see its first lines")
