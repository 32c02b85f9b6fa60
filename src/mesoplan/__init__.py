"""Mesoplan: a treatment planning system for mesotherapy.

The stable interface of the core; each name is loaded when it is first asked for, so that a
command that does not plan does not load planning.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesoplan.knowledge import KnowledgeBase, load_knowledge
    from mesoplan.mixture import check_mixture
    from mesoplan.planning import plan, triage, verify
    from mesoplan.screening import screen

__all__ = [
    "KnowledgeBase",
    "check_mixture",
    "load_knowledge",
    "plan",
    "screen",
    "triage",
    "verify",
]

_ROOMS = {
    "KnowledgeBase": "mesoplan.knowledge",
    "check_mixture": "mesoplan.mixture",
    "load_knowledge": "mesoplan.knowledge",
    "plan": "mesoplan.planning",
    "screen": "mesoplan.screening",
    "triage": "mesoplan.planning",
    "verify": "mesoplan.planning",
}


def __getattr__(name: str) -> object:
    """The public name from its room, on first use."""
    if name not in _ROOMS:
        message = f"module 'mesoplan' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_ROOMS[name]), name)
