"""The layers, each a forward/backward pair that is checked against finite differences and against plain PyTorch."""
