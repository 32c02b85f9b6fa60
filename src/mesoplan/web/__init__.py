"""The web product: one Django app a noun, thin over the core."""
