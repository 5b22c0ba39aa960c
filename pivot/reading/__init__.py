"""Static reading: evaluates Python on abstract values, never executes it."""
