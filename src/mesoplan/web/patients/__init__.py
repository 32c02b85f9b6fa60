"""The patients of a clinic: who they are, what they answered, what follows from it."""
