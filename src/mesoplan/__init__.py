"""Mesoplan: a treatment planning system for mesotherapy.

The stable interface of the core. The rooms are loaded when a name is first asked for, so that a
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
    from mesoplan import knowledge, mixture, planning, screening

    rooms = (knowledge, screening, mixture, planning)
    room = next((room for room in rooms if name in room.__all__), None)
    if room is None or name not in __all__:
        message = f"module 'mesoplan' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(room, name)
