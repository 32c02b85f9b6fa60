"""What pages send, read and checked, one file a noun."""
