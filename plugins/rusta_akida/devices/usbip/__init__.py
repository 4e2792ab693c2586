"""USB over a socket, so that a device can live in another process: a server and a client, both in plain Python."""
