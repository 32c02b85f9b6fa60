"""Mesoplan: a treatment planning system for mesotherapy.

The stable interface of the core; each name is loaded when it is first asked for, so that a
command that does not plan does not load planning.
"""

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


def __getattr__(name: str) -> object:
    """The public name from its room, on first use."""
    match name:
        case "KnowledgeBase" | "load_knowledge":
            from mesoplan import knowledge as room
        case "check_mixture":
            from mesoplan import mixture as room
        case "screen":
            from mesoplan import screening as room
        case "plan" | "triage" | "verify":
            from mesoplan import planning as room
        case _:
            message = f"module 'mesoplan' has no attribute {name!r}"
            raise AttributeError(message)
    return getattr(room, name)
