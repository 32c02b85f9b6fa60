"""All writes of courses, one file a noun."""
