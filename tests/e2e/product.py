"""The assistant as a process, started as a user starts it."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.engines import CACHE, real_engines

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
Json = dict[str, Any]


class Product:
    """One running assistant with a data folder of its own; `log` is all that it printed."""

    starts_with, is_ready = "serve", r"ready: (http://\S+)"

    def __init__(self, data_dir: Path, **settings: str) -> None:
        real_engines()  # trains and caches the model once, so that starts are quick
        data_dir.mkdir(parents=True, exist_ok=True)
        if not (data_dir / "cache").exists():
            (data_dir / "cache").symlink_to(CACHE / "cache")
        self.data_dir = data_dir
        self._log: list[str] = []
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("I2PCC_")} | {
            "I2PCC_DATA_DIR": str(data_dir),
            "I2PCC_PORT": "0",
            "I2PCC_RATE_LIMIT": "off",
            **{f"I2PCC_{k.upper()}": v for k, v in settings.items()},
        }
        self._process = self._start(self.starts_with)
        self.url = self._ready()

    @property
    def log(self) -> str:
        """Everything printed so far."""
        return "".join(self._log)

    def command(
        self, *arguments: str, text: str | None = None, patience: float = PATIENCE
    ) -> subprocess.CompletedProcess[str]:
        """Run the `i2pcc` command beside the server, for at most `patience` seconds."""
        return subprocess.run(
            [ROOT / ".venv" / "bin" / "i2pcc", *arguments],
            env=self._environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=patience,
            cwd=self.data_dir,
        )

    @property
    def lives(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Die at once, as in a power failure."""
        self._process.kill()
        self._process.wait()

    def restart(self, same_port: bool = False) -> None:
        """Start again on the same data."""
        if same_port:
            self._environment["I2PCC_PORT"] = self.url.rpartition(":")[2]
        self._process = self._start(self.starts_with)
        self.url = self._ready()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server."""
        self._process.send_signal(number)

    def stop(self) -> None:
        """Stop as an operator does, and expect a clean end."""
        if self.lives:
            self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=PATIENCE)

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [ROOT / ".venv" / "bin" / "i2pcc", *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.data_dir,
        )
        self._listen(process)
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        threading.Thread(target=self._read, args=(process,), daemon=True).start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._log.append(line)
        process.stdout.close()

    def _ready(self) -> str:
        started = len(self._log)

        def address() -> str | None:
            if self._process.poll() is not None:
                raise RuntimeError(f"the assistant ended:\n{self.log}")
            found = re.findall(self.is_ready, "".join(self._log[started:]))
            return found[0] if found else None

        try:
            return wait_for(address, "the assistant to be ready", 3 * PATIENCE)
        except BaseException:
            self.kill()
            raise


def wait_for(look: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Look until there is something to see. Raises TimeoutError."""
    deadline = time.monotonic() + patience
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience} s for {what}")
        time.sleep(0.05)
    return seen


class WebPerson:
    """Somebody who uses the web contract directly."""

    def __init__(self, product: Product, language: str | None = None) -> None:
        self._product = product
        opened = self._request("POST", "/api/conversations", json={"language": language} if language else {})
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        self._messages = f"/api/conversations/{opened['id']}/messages"
        self._files = f"/api/conversations/{opened['id']}/files"

    def moves_to(self, product: Product) -> None:
        """Go on with another assistant, which should know this person."""
        self._product = product

    def says(self, text: str) -> Json:
        """Type something; gives the reply."""
        return self._request("POST", self._messages, json={"text": text}, headers=self._headers)

    def presses(self, payload: str) -> Json:
        """Press a button."""
        return self._request("POST", self._messages, json={"payload": payload}, headers=self._headers)

    def sends(self, name: str, content: bytes) -> Json:
        """Send a file; gives the reply."""
        headers = self._headers | {"Content-Disposition": f'attachment; filename="{name}"'}
        return self._request("POST", self._files, content=content, headers=headers)

    def receives(self, after: int = 0) -> list[Json]:
        """The messages after a cursor."""
        reply = self._request("GET", self._messages, params={"after": after}, headers=self._headers)
        messages: list[Json] = reply["messages"]
        return messages

    def _request(self, method: str, path: str, **more: Any) -> Json:
        answer = httpx.request(method, self._product.url + path, timeout=PATIENCE, **more)
        answer.raise_for_status()
        reply: Json = answer.json()
        return reply
