"""Every gesture on a form is a row: saved at once, never overwritten, undone by another row."""
