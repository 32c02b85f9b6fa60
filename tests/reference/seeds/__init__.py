"""What answers for each row of the founding texts, one file a kind of row."""
