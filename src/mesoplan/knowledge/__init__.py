"""Reads, checks and freezes the clinical facts in ``data/`` into one ``KnowledgeBase`` release.

The only room that reads ``data/``. Every other room is handed the base as an argument.
"""

from mesoplan.knowledge.base import KnowledgeBase
from mesoplan.knowledge.loading import load_knowledge

__all__ = ["KnowledgeBase", "load_knowledge"]
