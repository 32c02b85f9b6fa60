"""Every action that the program writes into the audit, found in its text.

Read from the syntax tree: what is handed to a parameter called ``action`` of any function of the
web product, by name, by place or by default.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "src" / "mesoplan" / "web"
ELSEWHERE = {"consume", "clear", "add_argument", "filter"}
"""Functions of libraries whose ``action`` is another thing, or one that is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Whole names of actions, and how names begin whose end is computed."""

    whole: frozenset[str]
    beginnings: frozenset[str]


def recorded_actions() -> Recorded:
    """All of them, from every module."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(WEB.rglob("*.py"))
        if "migrations" not in path.parts
    ]
    public = {name: at for tree in trees for name, at in _places(tree) if not name.startswith("_")}
    whole: set[str] = set()
    beginnings: set[str] = set()
    for tree in trees:
        places = public | dict(_places(tree))
        for value in [*_defaults(tree), *_handed_on(tree, places)]:
            for part in ast.walk(value):
                if isinstance(part, ast.JoinedStr):
                    beginnings |= {str(_text(part.values[0]))}
            if not any(isinstance(part, ast.JoinedStr) for part in ast.walk(value)):
                whole |= {text for part in ast.walk(value) if (text := _text(part))}
    return Recorded(whole=frozenset(whole), beginnings=frozenset(beginnings))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _places(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions that take an action by place, and at which."""
    for function in _functions(tree):
        names = [argument.arg for argument in function.args.args]
        if "action" in names:
            yield function.name, names.index("action")


def _defaults(tree: ast.Module) -> Iterator[ast.expr]:
    for function in _functions(tree):
        for argument, default in zip(
            function.args.kwonlyargs, function.args.kw_defaults, strict=True
        ):
            if argument.arg == "action" and default is not None:
                yield default


def _handed_on(tree: ast.Module, places: dict[str, int]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name in ELSEWHERE:
            continue
        yield from (word.value for word in node.keywords if word.arg == "action")
        if name in places and len(node.args) > places[name]:
            yield node.args[places[name]]


def _text(part: ast.AST) -> str:
    is_text = isinstance(part, ast.Constant) and isinstance(part.value, str)
    return str(part.value) if is_text and isinstance(part, ast.Constant) else ""
