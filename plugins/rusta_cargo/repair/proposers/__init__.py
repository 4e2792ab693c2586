"""The proposers that come with rusta. Each module is one source of candidates; ``declarations`` lists them."""
