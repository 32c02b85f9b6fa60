"""Pages of patients: parse, call one action or query, render."""
