"""A burst: the phases in order, neuron dynamics, fire queue and ledger."""
