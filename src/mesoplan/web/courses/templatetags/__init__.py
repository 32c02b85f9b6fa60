"""Tags of the pages of a course."""
