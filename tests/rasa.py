"""The real Rasa: installed, trained and served as an operator does it, on a free port of this machine."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx

from nlu.rasa_model import token_file
from nlu.rasa_server import RasaServer

ROOT = Path(__file__).parents[1]
TRAINING = 900.0
STARTING = 900.0


class Rasa:
    """A Rasa server with a data folder of its own. Kept folders keep their model from run to run."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._output = data_dir / "output.txt"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        # Fails where Rasa cannot be installed: without it half of the understanding is not tested.
        subprocess.run([ROOT / "scripts" / "rasa-environment"], check=True, timeout=TRAINING)
        subprocess.run(self._command("train"), env=self._environment(), check=True, timeout=TRAINING)
        self.start()

    @property
    def token_file(self) -> Path:
        return token_file(self.data_dir)

    @property
    def parsed(self) -> int:
        """How many texts Rasa itself says it was asked about, by its own log of requests."""
        return len(re.findall(r"sanic.access.*POST \S+/model/parse\S* +200 ", self._output.read_text(encoding="utf-8")))

    def server(self, **more: float) -> RasaServer:
        """A new client of it, patient unless told otherwise: the machine may be busy."""
        return RasaServer(self.url, self.token_file, **{"timeout": 30.0, **more})

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._output.open("w", encoding="utf-8") as output:
            self._process = subprocess.Popen(
                self._command("serve"), env=self._environment(), stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + STARTING
        while not self._answers():
            assert self._process.poll() is None, self._output.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self._output.read_text(encoding="utf-8")
            time.sleep(0.2)

    def freeze(self) -> None:
        """Let it hang: connections are taken, and nothing comes."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def _command(self, name: str) -> list[str]:
        return [str(ROOT / ".venv" / "bin" / "i2pcc"), "rasa", name]

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("I2PCC_")}
        ours = {"I2PCC_DATA_DIR": str(self.data_dir), "I2PCC_RASA_URL": self.url}
        return inherited | ours | {"LOG_LEVEL_LIBRARIES": "INFO"}  # a line for each request
