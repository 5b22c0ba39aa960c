"""Small reusable widgets that know no document."""
