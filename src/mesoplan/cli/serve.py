"""``mesoplan serve``: the product on this machine, for this machine or for the clinic's network."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from mesoplan.cli import site

WORKERS = 2
THREADS = 4
"""Of each worker: one slow page then holds up nobody."""

APPLICATION = "mesoplan.web.project.wsgi:application"


def run(options: argparse.Namespace) -> int:
    """Prepare the database and serve until interrupted; returns the exit code."""
    problem = _problem(options)
    if problem:
        sys.stderr.write(f"mesoplan: {problem}\n")
        return 2
    if options.demo:
        os.environ["MESOPLAN_DEMO"] = "1"
    host, port = options.host or ("0.0.0.0" if options.lan else "127.0.0.1"), options.port  # noqa: S104 - --lan asks for it
    if options.lan or not _is_loopback(host):
        os.environ["MESOPLAN_HTTPS"] = "1"
    names = _names(host, is_lan=options.lan)
    os.environ.setdefault("MESOPLAN_HOSTS", ",".join(names))
    if _is_taken(host, port):
        sys.stderr.write(
            f"mesoplan: port {port} is in use: another Mesoplan may be running, or choose --port\n"
        )
        return 2
    code = site.command("prepare")
    if code:
        return code
    if options.demo and (code := site.command("demonstrate")):
        return code
    return _serve(host, port, names)


def _problem(options: argparse.Namespace) -> str:
    if options.demo and (options.lan or (options.host and not _is_loopback(options.host))):
        return "--demo is for this machine alone: it does not go with --lan or another --host"
    if not 1 <= options.port <= 65535:  # noqa: PLR2004 - the range of a port
        return f"--port: expected a number from 1 to 65535, came {options.port}"
    if options.host and not options.lan and not _is_loopback(options.host):
        return f"--host {options.host} is reached from outside: add --lan, which speaks HTTPS"
    return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _names(host: str, *, is_lan: bool) -> list[str]:
    """The names and addresses under which this machine is reached."""
    if not is_lan:
        return list(dict.fromkeys(["localhost", "127.0.0.1", host]))
    name = socket.gethostname()
    found = ["localhost", "127.0.0.1", name, f"{name}.local", *_addresses(name)]
    return list(dict.fromkeys([*found, *([host] if host != "0.0.0.0" else [])]))  # noqa: S104


def _addresses(name: str) -> list[str]:
    """The IPv4 addresses of this machine in its network. Nothing is sent to find them."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        # A datagram socket that is only connected tells its own address and sends nothing.
        probe.connect(("192.0.2.1", 9))
        found.append(str(probe.getsockname()[0]))
    with suppress(OSError):
        found += [str(item[4][0]) for item in socket.getaddrinfo(name, None, socket.AF_INET)]
    return [address for address in found if not ip_address(address).is_loopback]


def _is_taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _serve(host: str, port: int, names: list[str]) -> int:
    from granian import Granian
    from granian.constants import Interfaces

    certificate = key = None
    if os.environ.get("MESOPLAN_HTTPS") == "1":
        from mesoplan.cli import local_certificate

        data = Path(os.environ.get("MESOPLAN_DATA", "var")).absolute()
        made = local_certificate.ensure(data / "https", names)
        certificate, key = made.certificate, made.key
        sys.stdout.write(made.explanation([f"https://{name}:{port}/" for name in names]))
    else:
        sys.stdout.write(f"Mesoplan: http://{host}:{port}/  (stop with Ctrl+C)\n")
    sys.stdout.flush()
    Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        ssl_cert=certificate,
        ssl_key=key,
        log_access=False,
        websockets=False,
    ).serve()
    return 0
