"""One file a command; each is thin."""
