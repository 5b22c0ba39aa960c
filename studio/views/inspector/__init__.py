"""The inspector: what is selected, its parameters, shapes, weights and places."""
