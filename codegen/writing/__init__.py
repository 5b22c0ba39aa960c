"""Definitions to syntax trees to formatted text."""
