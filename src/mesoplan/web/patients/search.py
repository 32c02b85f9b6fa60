"""Finds a patient by name, birth date or telephone; forgives accents and slips of the finger."""
