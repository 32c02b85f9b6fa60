"""The knowledge base of the checkout, read once for all tests."""

from functools import cache

from mesoplan.knowledge import KnowledgeBase, load_knowledge


@cache
def base() -> KnowledgeBase:
    """The base; frozen, so that every test may share it."""
    return load_knowledge()
