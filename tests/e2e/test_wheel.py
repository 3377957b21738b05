"""The assistant works from a built wheel, outside the checkout: all its data files are packed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.product import ROOT

PROBE = """
import asyncio, pathlib, sys
import bot, connectors.slack.labels, connectors.telegram.texts, connectors.terminal.chat, dialogues, knowledge, nlu
from bot.commands import app
from bot.evaluating import Report
from bot.evaluation_page import as_html
from bot.settings import Settings
from bot.store.address import database_url
from bot.store.engine import open_store
from connectors.web.server import build_app
from dialogues.engine import Dialogue
from knowledge.base import load
from nlu.language import Detector
from nlu.training import load_training

here = pathlib.Path(sys.argv[1]).resolve()
for package in (bot, dialogues, knowledge, nlu):
    assert pathlib.Path(package.__file__).resolve().is_relative_to(here), package.__file__
kb = load()
assert len(kb.of_kind("region")) == 5
assert load_training()
Dialogue(kb)
Detector()
connectors.slack.labels.load_labels()
asyncio.run(open_store(database_url(None, pathlib.Path("data"))))
build_app(None, Settings(), ready=None)
as_html(Report("", [], []))
print("works")
"""


def test_everything_is_in_the_wheel(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path / "dist", ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    target = tmp_path / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True, capture_output=True)
    result = subprocess.run(
        [sys.executable, "-c", PROBE, target],
        env=os.environ | {"PYTHONPATH": str(target)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.stdout.strip() == "works", result.stderr
