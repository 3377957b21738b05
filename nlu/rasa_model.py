"""Training and serving Rasa's model with its own Python: what is read, where the model is kept, how Rasa is called."""

import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

from knowledge.base import KnowledgeBase
from nlu.cache import is_ours
from nlu.embedded import named_examples
from nlu.rasa_data import training_yaml
from nlu.training import Example

PACKAGES = Path(str(files("nlu"))).parent
PROJECT = PACKAGES / "nlu" / "rasa"
PYTHON = PROJECT / ".venv" / "bin" / "python"
LOOPBACK = "127.0.0.1"
_SHARED = ("nlu/classifier.py", "nlu/encoder.py", "nlu/fitting.py", "nlu/network.py", "nlu/phrases.py")
_SHARED_NAMES = ("knowledge/script.py", "knowledge/spelling.py")
_TAIL = 2000
"""Characters of Rasa's own words that are shown when it fails."""


class RasaError(Exception):
    """Rasa cannot be trained or served. The message says what to do."""


class RasaModel:
    """The model for these data, in `folder`, which is the operator's own: a model file can run code when loaded."""

    def __init__(
        self, folder: Path, kb: KnowledgeBase, examples: Sequence[Example], questions: Sequence[Example]
    ) -> None:
        self.folder = folder.absolute()
        self._data = training_yaml(kb, list(dict.fromkeys([*examples, *named_examples(kb)])), questions)
        self.path = self.folder / "models" / f"{self._key()}.tar.gz"

    @property
    def trained(self) -> bool:
        """Whether the model of exactly these data, code and versions is there, and nobody else can write it."""
        return self.path.is_file() and is_ours(self.path)

    def check(self) -> None:
        """Raise RasaError unless Rasa is installed."""
        if not PYTHON.exists():
            raise RasaError("Rasa is not installed: run scripts/rasa-environment in the project's folder")

    def train(self) -> None:
        """Train and keep the model, in place of older ones. Takes minutes. Raises RasaError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            work = Path(name)
            (work / "nlu.yml").write_text(self._data, encoding="utf-8")
            shutil.copy(PROJECT / "config.yml", work)  # Rasa writes into it
            run = ["train", "nlu", "--nlu", "nlu.yml", "--config", "config.yml"]
            arguments = _command(*run, "--out", ".", "--fixed-model-name", "model")
            done = subprocess.run(arguments, cwd=work, env=_environment(), capture_output=True, text=True)  # noqa: S603
            if done.returncode or not (work / "model.tar.gz").is_file():
                raise RasaError(f"Rasa could not be trained:\n{(done.stdout + done.stderr)[-_TAIL:]}")
            self.path.parent.mkdir(exist_ok=True)
            (work / "model.tar.gz").replace(self.path)
        for old in self.path.parent.iterdir():
            if old != self.path:
                old.unlink()

    def serve(self, port: int) -> NoReturn:
        """Become the Rasa server of this model, on loopback. The model must be trained.

        The token in `token_file` lets the assistant in; it is made at the first start, and shared by all servers of the
        folder.
        """
        assert self.trained, "Rasa would start without a model, or with another one"
        token = _token(token_file(self.folder.parent))
        # Without a file of channels Rasa opens one that asks for no token.
        (self.folder / "credentials.yml").write_text("{}\n", encoding="utf-8")
        run = ["run", "--enable-api", "--interface", LOOPBACK, "--port", str(port), "--model", str(self.path)]
        arguments = _command(*run, "--credentials", "credentials.yml")
        os.chdir(self.folder)
        os.execve(arguments[0], arguments, {**_environment(), "RASA_AUTH_TOKEN": token})  # noqa: S606

    def _key(self) -> str:
        digest = hashlib.sha256(self._data.encode())
        for file in _sources():
            digest.update(file.read_bytes())
        return digest.hexdigest()[:16]


def token_file(data_dir: Path) -> Path:
    """Where the server leaves the token that the assistant has to show."""
    return data_dir / "rasa" / "token"


def _token(file: Path) -> str:
    if not (file.is_file() and is_ours(file)):
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def _sources() -> Iterator[Path]:
    yield from (PROJECT / "config.yml", PROJECT / "requirements.txt")
    yield from sorted((PROJECT / "components").glob("*.py"))
    yield from (PACKAGES / name for name in (*_SHARED, *_SHARED_NAMES))


def _command(*arguments: str) -> list[str]:
    return [str(PYTHON), str(PROJECT / "launch.py"), *arguments]


def _environment() -> Mapping[str, str]:
    """Ours without our settings: Rasa needs no secret."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("I2PCC_")}
    return inherited | {
        "PYTHONPATH": str(PACKAGES),
        "RASA_MAX_CACHE_SIZE": "0",  # what Rasa remembers of earlier trainings does not know our shared code
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
