"""``mesoplan``: screen, plan, and look things up.

Exit 0: answered, whatever the answer. Exit 2: input that cannot be taken as meant, with one
message on standard error. Exit 3: the knowledge base itself is defective.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from mesoplan.cli.files import write_out
from mesoplan.vocabulary.errors import MesoplanError


class Parser(argparse.ArgumentParser):
    """A parser that answers a wrong command line with one message and exit 2."""

    def error(self, message: str) -> NoReturn:
        """Print the message alone; argparse would print the usage before it."""
        self.exit(2, f"mesoplan: {message} (see: {self.prog} --help)\n")


def parser() -> Parser:
    """The command line of design section 4, as far as it stands."""
    top = Parser(
        prog="mesoplan",
        description="Treatment planning for mesotherapy. Decision support for professionals; "
        "not certified as a medical device.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in (
        ("screen", "facts and request against cited rules"),
        ("plan", "a plan, or a refusal with every reason"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("file", metavar="CASE.toml", help="a case file; - is standard input")
        command.add_argument("--json", action="store_true", help="print one JSON object")
        if name == "plan":
            command.add_argument("--pdf", metavar="FILE", help="write the plan as PDF as well")
    look_up = commands.add_parser("knowledge", help="what the knowledge base holds")
    kinds = look_up.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, arguments in (
        ("list", (("kind", "KIND"),)),
        ("show", (("kind", "KIND"), ("id", "ID"))),
        ("search", (("text", "TEXT"),)),
        ("check", ()),
    ):
        action = kinds.add_parser(name)
        for argument, shown in arguments:
            action.add_argument(argument, metavar=shown)
        action.add_argument("--json", action="store_true", help="print one JSON object")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        write_out(_run(options))
    except MesoplanError as error:
        sys.stderr.write(f"mesoplan: {error.message}\n")
        return error.exit_code
    return 0


def _run(options: argparse.Namespace) -> str:
    if options.command == "knowledge":
        from mesoplan.cli import look_up

        return look_up.run(options)
    from mesoplan.cli import decide

    return decide.run(options)
