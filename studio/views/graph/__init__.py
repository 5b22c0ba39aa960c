"""The graph: a network as boxes and wires, its groups opened in place."""
