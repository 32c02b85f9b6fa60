"""The one place of this app that knows both rows and the core."""
