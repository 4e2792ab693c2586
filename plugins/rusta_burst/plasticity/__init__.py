"""How synapses learn: rules found through the entry-point group ``rusta.burst.plasticity``.

A rule is an ordinary distribution's entry point, so it may come from elsewhere and carry its own licence. Its value names
a *factory*: ``(parameters, connectome, number) -> Plasticity`` (:mod:`rusta_burst.dynamics.hooks`), where ``number`` is
that of the rule in the connectome; the rule governs the synapses that bear it.
"""
