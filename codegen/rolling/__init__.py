"""Target code from the network: classes for what has no class program behind it."""
