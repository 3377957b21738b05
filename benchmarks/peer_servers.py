"""The two sides of the comparison as processes: our server, and Rasa with its action server."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PEER = Path(__file__).parent / "rasa_peer"
RASA = ROOT / "nlu/rasa/.venv/bin/python"
LAUNCH = ROOT / "nlu/rasa/launch.py"
"""Starts Rasa ten seconds sooner than its own command, and parses once before it is ready."""
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
}
PATIENCE = 180.0


class Server:
    """Processes that answer on one port. `address` is known before they are ready."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        self.began = time.perf_counter()
        self._processes = [self._spawn(c, e) for c, e in self.commands()]

    def commands(self) -> list[tuple[list[str | Path], dict[str, str]]]:
        """Each process's arguments and environment."""
        raise NotImplementedError

    def talk(self) -> "Talk":
        """A new conversation."""
        raise NotImplementedError

    @property
    def pids(self) -> list[int]:
        return [p.pid for p in self._processes]

    def ready(self) -> float:
        """Wait for the answer to a first message; gives the seconds since the start."""
        while True:
            try:
                if self.talk().says("Hello"):
                    return time.perf_counter() - self.began
            except (OSError, RuntimeError) as error:
                if time.perf_counter() - self.began > PATIENCE or any(p.poll() is not None for p in self._processes):
                    raise RuntimeError(f"{type(self).__name__} did not start; see its output above") from error
            time.sleep(0.02)

    def stop(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.folder.cleanup()

    def _spawn(self, command: list[str | Path], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        clean = {k: v for k, v in os.environ.items() if not k.startswith("I2PCC_")}
        return subprocess.Popen(
            command, env=clean | environment, cwd=PEER, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )


class Ours(Server):
    """The assistant on a new SQLite in a temporary folder, with the model that is trained already."""

    def commands(self) -> list[tuple[list[str | Path], dict[str, str]]]:
        (Path(self.folder.name) / "cache").symlink_to(ROOT / "var" / "cache")
        settings = {"DATA_DIR": self.folder.name, "PORT": str(self.port), "RATE_LIMIT": "off", "LOG_LEVEL": "WARNING"}
        return [([ROOT / ".venv/bin/i2pcc"], {f"I2PCC_{k}": v for k, v in settings.items()})]

    def talk(self) -> "Talk":
        return OurTalk(self.port)


class RasaInMemory(Server):
    """Rasa as it is fastest: conversations are kept in memory alone."""

    endpoints = "endpoints-memory.yml"

    def commands(self) -> list[tuple[list[str | Path], dict[str, str]]]:
        self._actions = free_port()
        settings = {
            "ACTION_SERVER": f"http://127.0.0.1:{self._actions}/webhook",
            "TRACKER_DATABASE": f"{self.folder.name}/tracker.db",
            "SANIC_HOST": "127.0.0.1",
            **QUIET,
        }
        run = [RASA, LAUNCH, "run", "--quiet", "--enable-api", "--interface", "127.0.0.1", "--port", str(self.port)]
        files = ["--model", model(), "--credentials", "credentials.yml", "--endpoints", self.endpoints]
        actions = [RASA, "-m", "rasa_sdk", "--quiet", "--actions", "actions", "--port", str(self._actions)]
        return [([*run, *files], settings), (actions, settings)]

    def talk(self) -> "Talk":
        request(HTTPConnection("127.0.0.1", self._actions, timeout=PATIENCE), "GET", "/health")
        return RasaTalk(self.port)


class RasaOnSQLite(RasaInMemory):
    """Rasa as it is durable like ours: conversations in SQLite."""

    endpoints = "endpoints-sqlite.yml"


class Talk:
    """One conversation over one connection that is kept."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def says(self, text: str) -> list[str]:
        """Send a message; gives the texts of the reply."""
        raise NotImplementedError

    def awaiting(self) -> str | None:
        """The slot that was asked for last."""
        raise NotImplementedError


class OurTalk(Talk):
    def __init__(self, port: int) -> None:
        super().__init__(port)
        opened = request(self._connection, "POST", "/api/conversations", {"language": "en"})
        self._path = f"/api/conversations/{opened['id']}/messages"
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        self._awaiting: str | None = None

    def says(self, text: str) -> list[str]:
        body = {"text": text, "client_id": uuid.uuid4().hex}
        reply = request(self._connection, "POST", self._path, body, self._headers)
        self._awaiting = reply["awaiting"]
        return [m["text"] for m in reply["messages"]]

    def awaiting(self) -> str | None:
        return self._awaiting


class RasaTalk(Talk):
    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._sender = uuid.uuid4().hex

    def says(self, text: str) -> list[str]:
        body = {"sender": self._sender, "message": text}
        return [m["text"] for m in request(self._connection, "POST", "/webhooks/rest/webhook", body)]

    def awaiting(self) -> str | None:
        tracker = request(self._connection, "GET", f"/conversations/{self._sender}/tracker?include_events=NONE")
        slot: str | None = tracker["slots"]["requested_slot"]
        return slot


def request(
    connection: HTTPConnection, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Any:
    """One request with JSON both ways. Raises RuntimeError for any status but 200 and 201."""
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, {"Content-Type": "application/json"} | (headers or {}))
    response = connection.getresponse()
    content = response.read()
    if response.status not in (200, 201):
        raise RuntimeError(f"{method} {path}: {response.status} {content[:200]!r}")
    return json.loads(content)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def model() -> Path:
    """Rasa's trained model; trained now if the bot's files have changed."""
    files = [PEER / "config.yml", PEER / "domain.yml", *sorted((PEER / "data").iterdir())]
    key = hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:16]
    trained = ROOT / "var" / "peer" / f"{key}.tar.gz"
    if not trained.exists():
        print("Training Rasa", file=sys.stderr)
        arguments = ["--config", "config.yml", "--domain", "domain.yml", "--data", "data", "--out", trained.parent]
        command = [RASA, LAUNCH, "train", "--quiet", *arguments, "--fixed-model-name", key]
        environment = os.environ | {"RASA_CACHE_DIRECTORY": str(trained.parent / "cache")} | QUIET
        subprocess.run(command, cwd=PEER, env=environment, check=True, stdout=subprocess.DEVNULL)
    return trained
