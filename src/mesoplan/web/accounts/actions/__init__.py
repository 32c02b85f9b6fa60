"""All writes of this app, one file a noun; each in one transaction with its audit event."""
