"""Episodes on connectomes: running one, changing one with proof, and taking a change back."""
