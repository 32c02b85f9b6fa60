"""`mesoplan serve --lan` speaks HTTPS with a certificate that a tablet can trust."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from mesoplan.cli.local_certificate import ensure
from tests.lib.served import Served, free_port

NAMES = ["localhost", "127.0.0.1", "clinic.local"]


def test_a_browser_that_knows_the_authority_trusts_the_site(tmp_path: Path) -> None:
    """A real handshake by OpenSSL, with the name checked; without the authority it fails."""
    made = ensure(tmp_path, NAMES)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    for name in NAMES:
        assert shake_hands(server, ssl.create_default_context(cafile=made.authority), name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, ssl.create_default_context(), "localhost")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, ssl.create_default_context(cafile=made.authority), "elsewhere.example")


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> bool:
    """One handshake in memory; whether it came to its end."""
    one, other = ssl.MemoryBIO(), ssl.MemoryBIO()
    asks = client.wrap_bio(one, other, server_hostname=name)
    answers = server.wrap_bio(other, one, server_side=True)
    done = {"client": False, "server": False}
    for _ in range(10):
        for who, side in (("client", asks), ("server", answers)):
            try:
                side.do_handshake()
                done[who] = True
            except ssl.SSLWantReadError:
                pass
    return all(done.values())


def test_the_certificate_is_kept_until_the_names_change(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES)
    text = first.certificate.read_bytes()
    assert ensure(tmp_path, NAMES[:2]).certificate.read_bytes() == text
    again = ensure(tmp_path, [*NAMES, "10.0.0.7"])
    assert again.certificate.read_bytes() != text
    assert again.fingerprint == first.fingerprint


@pytest.mark.parametrize("lost", ["authority.crt", "authority.key", "site.key"])
def test_a_certificate_is_of_the_authority_that_is_there(tmp_path: Path, lost: str) -> None:
    """An authority that was made anew has the name of the old one; a start can be cut off."""
    ensure(tmp_path, NAMES)
    (tmp_path / lost).write_bytes(b"")
    made = ensure(tmp_path, NAMES)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    client = ssl.create_default_context(cafile=made.authority)
    assert shake_hands(server, client, "localhost")


def test_a_key_of_another_certificate_is_not_used(tmp_path: Path) -> None:
    """Killed between the two files of a pair: each is a good file, and they do not fit."""
    ensure(tmp_path / "one", NAMES)
    ensure(tmp_path / "two", NAMES)
    for name in ("authority.key", "site.key"):
        (tmp_path / "two" / name).rename(tmp_path / "one" / name)
    made = ensure(tmp_path / "one", NAMES)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    assert shake_hands(server, ssl.create_default_context(cafile=made.authority), "localhost")


def test_the_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    ensure(tmp_path / "https", NAMES)
    for key in (tmp_path / "https").glob("*.key"):
        assert key.stat().st_mode & 0o077 == 0


def test_the_authority_signs_for_servers_and_nothing_deeper(tmp_path: Path) -> None:
    made = ensure(tmp_path, NAMES)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (limits.ca, limits.path_length) == (True, 0)


def test_the_site_answers_by_https_in_the_network_and_shows_how_to_trust_it(tmp_path: Path) -> None:
    site = Served(data=tmp_path / "data", options=("--lan",), port=free_port())
    site.start(scheme="https")
    try:
        context = ssl.create_default_context(cafile=site.data / "https" / "authority.crt")
        import http.client

        connection = http.client.HTTPSConnection("127.0.0.1", site.port, context=context)
        connection.request("GET", "/certificate")
        page = connection.getresponse()
        assert page.status == 200
        code = (site.data / "set-up-code").read_text()
        assert f"asks for this code:\n  {code}\n" in site.log()
        fingerprint = next(line.strip() for line in site.log().splitlines() if line.count(":") > 20)
        assert fingerprint in page.read().decode()
        connection.request("GET", "/certificate/file")
        assert (
            connection.getresponse().read() == (site.data / "https" / "authority.crt").read_bytes()
        )
        connection.close()
        with socket.create_connection(("127.0.0.1", site.port)) as plain:
            plain.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"200 OK" not in plain.recv(1000)
    finally:
        site.kill()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--demo", "--lan"), "this machine alone"),
        (("--demo", "--host", "10.0.0.1"), "this machine alone"),
        (("--host", "10.0.0.1"), "add --lan"),
        (("--host", "0.0.0.0"), "add --lan"),  # noqa: S104 - refused
        (("--port", "0"), "from 1 to 65535"),
        (("--port", "70000"), "from 1 to 65535"),
        (("--port", "many"), "invalid int value"),
    ],
)
def test_what_would_open_the_site_by_mistake_is_refused(
    tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    done = Served(data=tmp_path / "data").command("serve", *options)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = Served(data=tmp_path / "data").command("serve", f"--port={port}")
    assert done.returncode == 2
    assert "in use" in done.stderr
