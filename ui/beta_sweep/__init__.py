"""The Beta sweep page."""
