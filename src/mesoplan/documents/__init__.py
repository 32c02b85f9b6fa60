"""Files in and out: case files (TOML), JSON, text for people, and the plan as PDF."""
