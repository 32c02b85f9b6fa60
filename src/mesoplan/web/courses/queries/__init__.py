"""All reads of courses, one file a noun."""
