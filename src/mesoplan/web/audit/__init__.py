"""Who did and who saw what: a hash chain that nobody can change unnoticed."""
