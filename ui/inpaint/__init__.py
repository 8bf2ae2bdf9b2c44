"""The Inpaint page."""
