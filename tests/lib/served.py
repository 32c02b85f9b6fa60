"""The product as its users run it: `mesoplan serve` as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

START_SECONDS = 60


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True, kw_only=True)
class Served:
    """A served site: where its files lie, how it is told from outside, its process."""

    data: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Where the site answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        """Where the process prints."""
        return self.data.parent / f"{self.data.name}.log"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the process: this site's alone, on SQLite unless told otherwise."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MESOPLAN_")}
        return {**kept, "MESOPLAN_DATA": str(self.data), **self.environment}

    def start(self, *, scheme: str = "http") -> None:
        """Start it in a process group of its own, and wait until it answers."""
        # Whether the certificate is good is a test's matter; here only whether somebody answers.
        anyone = ssl._create_unverified_context()  # noqa: S323
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "mesoplan.cli", "serve"),
                    *(f"--port={self.port}", *self.options),
                ],
                env=self.variables,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(self.log())
            try:
                address = f"{scheme}://127.0.0.1:{self.port}/health"
                with urlopen(address, timeout=5, context=anyone):  # noqa: S310 - our own
                    return
            except (URLError, OSError):
                time.sleep(0.1)
        self.kill()
        raise RuntimeError(self.log())

    def log(self) -> str:
        """What the process printed."""
        return self.log_file.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it and its workers at once, as a power cut would (SIGKILL)."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self._wait_for_workers(self.process.pid)

    def _wait_for_workers(self, group: int) -> None:
        """The workers die on their own, a moment after; until then they hold the port."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.02)

    def stop(self) -> None:
        """End it as a person would, with Ctrl+C."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the same installation."""
        return subprocess.run(
            [sys.executable, "-m", "mesoplan.cli", *arguments],
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
