"""What the keeper of an installation does: migrate, back up, restore, verify."""
