"""Who works here: clinic, users, roles, second factor, the lock of an idle screen."""
