"""The pages of this app, one file a noun."""
