"""What a network is: areas, neurons and synapses; how it is made, edited, stored and exchanged."""
