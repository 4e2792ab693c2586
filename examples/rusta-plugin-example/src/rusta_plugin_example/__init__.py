"""An example of a plugin for rusta, small enough to read in one sitting.

plugin      what it declares (read at every start, so it imports nothing heavy)
masking     Rust text with comments and literals blanked out
census      finds risky sites in a source text
tool        the census as a tool that episodes can call
command     the census as a subcommand, ``rusta census PATH``
renames     the table of a team's renames
proposer    candidates for repairs out of that table
page        a page of risky sites, and the tool that judges one
domain      episodes that propose such a page, with proof
notes       the subcommand that starts one, ``rusta risk-notes PATH``
diary       one line in a file for every closed episode
"""

from __future__ import annotations
