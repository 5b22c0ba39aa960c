"""Data that the application reads: icons, theme, settings table and example models. No code lives here."""
