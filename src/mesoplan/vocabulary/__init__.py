"""The words that all rooms speak: quantities, answers, findings, sources, facts, errors."""
