"""What proposers know of Rust code: places in the tree, items, bindings, types, names, and how to edit them.

All of it is pure, works on the syntax tree of text that may be broken, and speaks in byte spans:

* :mod:`nodes` — the node at a span, what encloses it, lines and indentation
* :mod:`model`, :mod:`items` — every item of the tree: functions, types, traits, impls, constants, imports
* :mod:`scopes`, :mod:`inference` — what is bound at a place, and the type that can be read off an expression
* :mod:`types` — arithmetic on the text of types; :mod:`labels` — what rustc's labels and notes say
* :mod:`similar` — names that look alike; :mod:`edits` — replacements with tidy commas, lines and lists
"""
