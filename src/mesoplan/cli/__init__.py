"""The command line: parses arguments, calls one door, prints."""

from mesoplan.cli.main import main

__all__ = ["main"]
