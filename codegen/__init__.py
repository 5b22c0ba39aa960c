"""From the pivot to target text, and the proof that both compute the same."""
