"""Echo state networks: states, readouts, and the series they are tried on."""
