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
    _add_site(commands)
    return top


def _add_site(commands: argparse._SubParsersAction[Parser]) -> None:
    """The commands about an installation of the web product."""
    serve = commands.add_parser("serve", help="the product in the browser")
    serve.add_argument("--demo", action="store_true", help="a demonstration, on this machine alone")
    serve.add_argument("--lan", action="store_true", help="for the clinic's network, by HTTPS")
    serve.add_argument("--host", help="the address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8437, help="the port to listen on (8437)")
    for name, text in (
        ("backup", "everything in one new file"),
        ("restore", "a backup put back into an empty place"),
    ):
        commands.add_parser(name, help=text, description=text).add_argument("file", metavar="FILE")
    export = commands.add_parser("export", help="readable files: CSV, JSON, PDF")
    export.add_argument("folder", nargs="?", default="mesoplan-export", help="a new folder")
    export.add_argument("--patient", metavar="ID", help="one patient, by the code in her address")
    audit = commands.add_parser("audit", help="who did and saw what")
    verify = audit.add_subparsers(dest="action", required=True, metavar="ACTION").add_parser(
        "verify", help="find any change made behind its back"
    )
    verify.add_argument("--json", action="store_true", help="print one JSON object")
    account = commands.add_parser("account", help="the way back in for somebody who is locked out")
    account.add_subparsers(dest="action", required=True, metavar="ACTION").add_parser(
        "reset", help="a one-time password, and no second factor"
    ).add_argument("name", metavar="NAME", help="the name for signing in")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = parser().parse_args(arguments)
    if options.command == "serve":
        from mesoplan.cli import serve

        return serve.run(options)
    if options.command in {"backup", "restore", "export", "audit", "account"}:
        from mesoplan.cli import site

        return site.run(options)
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
