"""The palette: every op there is, by family, to be searched, dragged and chosen."""
