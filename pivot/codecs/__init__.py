"""Named, invertible converters between a framework's notation and the pivot's."""
