"""An online context-mixing predictor, alone or joined with the network: what is seen once is known at once."""
