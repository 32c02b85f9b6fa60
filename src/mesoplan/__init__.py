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
    """The public name from its room, on first use.

    Names of rooms are turned away first: the import below asks for them here.
    """
    if name not in __all__:
        message = f"module 'mesoplan' has no attribute {name!r}"
        raise AttributeError(message)
    from mesoplan import knowledge, mixture, planning, screening

    room = next(room for room in (knowledge, screening, mixture, planning) if name in room.__all__)
    return getattr(room, name)
