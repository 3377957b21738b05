"""The files for systemd and Compose fit the assistant: settings, commands, what is copied, how health is asked."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from bot.commands import app
from bot.settings import Settings
from tests.e2e.product import Product

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
UNITS = sorted(DEPLOY.glob("*.service"))
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
INSTALLED = "/opt/i2pcc/.venv/bin/i2pcc"


def test_only_settings_that_there_are() -> None:
    files = [ROOT / "Dockerfile", ROOT / "compose.yaml", *DEPLOY.iterdir()]
    named = {name for f in files for name in re.findall(r"I2PCC_[A-Z_]+", f.read_text("utf-8"))}
    assert named
    assert named <= {f"I2PCC_{name.upper()}" for name in Settings.model_fields}


def test_only_commands_that_there_are() -> None:
    started = {c for unit in UNITS for c in re.findall(rf"{INSTALLED} (\S+)", unit.read_text("utf-8"))}
    started |= {command for service in COMPOSE["services"].values() for command in service.get("command", [])}
    started |= set(re.findall(r'^CMD \["(\w+)"\]', DOCKERFILE, re.MULTILINE))
    assert started == {"serve", "reload", "worker"}
    assert started <= COMMANDS


def test_the_image_is_made_from_the_locks_and_all_packages() -> None:
    copied = {
        Path(p) for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for p in line.split()
    }
    assert all((ROOT / path).exists() for path in copied)
    packages = re.search(r"packages = (\[.+\])", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert packages
    assert {Path(p) for p in yaml.safe_load(packages[1])} <= copied
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert all(f"!{path}" in ignored for path in copied)
    assert DOCKERFILE.count("--require-hashes") == 2


def test_the_image_runs_without_rights() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER i2pcc$", last, re.MULTILINE)
    for name in ("web", "worker"):
        service = COMPOSE["services"][name]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_image_names_a_registry() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images = [*bases, *(service["image"] for service in COMPOSE["services"].values())]
    assert not [image for image in images if "/" in image]


def test_health_is_asked_as_the_containers_do(tmp_path: Path) -> None:
    """Both checks pass while the assistant runs, and fail once it does not."""
    product = Product(tmp_path / "data")
    asked = re.search(r'CMD \["python", "-c", "(.+)"\]\nENTRYPOINT', DOCKERFILE)
    assert asked
    address = product.url.replace("localhost", "127.0.0.1")
    web = asked[1].replace("http://127.0.0.1:8000", address)
    worker = COMPOSE["services"]["worker"]["healthcheck"]["test"][3]

    def healthy(check: str) -> bool:
        command = [shutil.which("python3") or "python3", "-c", check]
        return subprocess.run(command, cwd=product.data_dir, capture_output=True, timeout=60).returncode == 0

    try:
        assert healthy(web)
        assert healthy(worker)
    finally:
        product.stop()
    assert not healthy(web)
    assert not healthy(worker)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here to read its units")
@pytest.mark.parametrize("unit", UNITS, ids=[unit.name for unit in UNITS])
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    here = tmp_path / unit.name.replace("@", "@8001")
    here.write_text(unit.read_text("utf-8").replace(INSTALLED, "/bin/true"), "utf-8")
    verified = run("systemd-analyze", "verify", "--man=no", str(here))
    assert (verified.returncode, verified.stderr) == (0, "")
    # 0 is shut in, 10 open to everything; the figure is multiplied by ten.
    judged = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", str(here))
    assert judged.returncode == 0, judged.stdout


def run(*command: str) -> "subprocess.CompletedProcess[Any]":
    return subprocess.run(command, capture_output=True, text=True, timeout=60)
