"""Pages that belong to no one noun."""
