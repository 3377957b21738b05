"""Backup and restore with the very commands of docs/backup.md."""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.product import ROOT, Product, WebPerson, wait_for
from tests.e2e.test_web_to_slack import propose
from tests.files import PDF

PAGE = ROOT / "docs" / "backup.md"
REGRET = "Regret and Partners"


def commands(heading: str, program: str) -> str:
    """The commands of a section of the page, from the code blocks that use a program."""
    section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert section, f"there is no section {heading}"
    found = [b for b in re.findall(r"^```sh\n(.*?)^```", section[1], re.DOTALL | re.MULTILINE) if program in b]
    assert found, f"no commands with {program} under {heading}"
    return "".join(found)


class Operator:
    """Somebody in the project's folder, who follows the page with one of the databases."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.settings = {"database_url": url} if url else {}
        self._environment = os.environ | ({"I2PCC_DATABASE_URL": url} if url else {})

    def starts(self) -> Product:
        return Product(self.folder / "var", **self.settings)

    def follows(self, heading: str, program: str, backup: Path | None = None) -> str:
        """Run what the page says; gives what was printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands(heading, program)],
            cwd=self.folder,
            env=self._environment | ({"BACKUP": str(backup)} if backup else {}),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def backup(self) -> Path:
        (made,) = (self.folder / "backups").iterdir()
        return made


@contextmanager
def talking(product: Product) -> Iterator[None]:
    """Somebody who never stops writing meanwhile."""
    person, stop = WebPerson(product), threading.Event()
    failures: list[BaseException] = []

    def talk() -> None:
        try:
            while not stop.is_set():
                person.says("What can you tell me about Hebei?")
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=60)
    assert not failures


def submits(product: Product) -> tuple[WebPerson, str]:
    person = WebPerson(product)
    person.says("I want to submit a proposal")
    person.sends("brochure.pdf", PDF)
    return person, propose(person)


def regrets(product: Product) -> WebPerson:
    """Somebody who will erase what they began."""
    person = WebPerson(product)
    person.says("I want to submit a proposal")
    assert person.says(REGRET)["awaiting"] == "contact_name"
    return person


def erases(person: WebPerson) -> None:
    person.says("/delete")
    person.says("yes")


def assert_back(product: Product, person: WebPerson, reference: str, folder: Path) -> None:
    """The intake, its file and the person's own access are there as they were."""
    intake = json.loads(product.command("intakes", "show", reference, "--json").stdout)
    assert intake["slots"]["company_name"] == "AquaPura NV"
    product.command("intakes", "files", reference, str(folder))
    assert [file.read_bytes() for file in folder.iterdir()] == [PDF]
    assert any(reference in message["text"] for message in person.receives())
    assert reference in person.says("Where is my proposal?")["messages"][-1]["text"]


def follow_the_page(operator: Operator, program: str, dump: str, restore: str, folder: Path) -> None:
    """Back up a live database, erase somebody, go back, and see who is there."""
    product = operator.starts()
    try:
        person, reference = submits(product)
        regretting = regrets(product)
        with talking(product):
            operator.follows(f"Back up {'SQLite' if program == 'sqlite3' else 'PostgreSQL'}", dump)
        erases(regretting)
        operator.follows("1. Note what was erased since", program)
        product.stop()
        operator.follows("2. Put the backup in place", restore, operator.backup())
        operator.follows("3. Erase again", program)
        product.restart()
        wait_for(lambda: "1 conversations erased" in product.log, "the clean-up")
        assert_back(product, person, reference, folder)
        assert REGRET not in json.dumps(regretting.receives())
    finally:
        product.stop()
    operator.follows("4. Start", "rm -rf")


def test_sqlite_goes_back_and_forgets_what_was_erased(tmp_path: Path) -> None:
    operator = Operator(tmp_path / "project")
    follow_the_page(operator, "sqlite3", "sqlite3", "install", tmp_path / "files")
    assert not (operator.folder / "var" / "old").exists()


def test_postgresql_goes_back_and_forgets_what_was_erased(tmp_path: Path, postgres_url: str) -> None:
    operator = Operator(tmp_path / "project", postgres_url)
    follow_the_page(operator, "psql", "pg_", "pg_restore", tmp_path / "files")


def test_a_lost_machine_comes_back_in_a_new_data_folder(tmp_path: Path) -> None:
    lost, new = Operator(tmp_path / "lost"), Operator(tmp_path / "new")
    product = lost.starts()
    try:
        person, reference = submits(product)
        with talking(product):
            assert lost.follows("Back up SQLite", "sqlite3").strip() == "ok"
        product.kill()
        kept = Path(shutil.move(lost.backup(), tmp_path))
        shutil.rmtree(lost.folder)
        (new.folder / "var").mkdir()
        new.follows("2. Put the backup in place", "install", kept)
        product = new.starts()
        person.moves_to(product)
        assert_back(product, person, reference, tmp_path / "files")
    finally:
        product.stop()


@pytest.mark.parametrize("heading", ["Back up SQLite", "Back up PostgreSQL"])
def test_backups_expire_after_the_days_that_are_promised(heading: str, tmp_path: Path) -> None:
    (promised,) = re.findall(r"A backup lives (\d+) days", PAGE.read_text("utf-8"))
    backups = tmp_path / "backups"
    backups.mkdir()
    for name, days in (("i2pcc-new.db", int(promised) - 1), ("i2pcc-old.db", int(promised) + 2)):
        (backups / name).touch()
        then = time.time() - days * 24 * 3600
        os.utime(backups / name, (then, then))
    expire = next(line for line in commands(heading, "find backups").splitlines() if line.startswith("find"))
    subprocess.run(["bash", "-euc", expire], cwd=tmp_path, check=True, timeout=30)
    assert [f.name for f in backups.iterdir()] == ["i2pcc-new.db"]
