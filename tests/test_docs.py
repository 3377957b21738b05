"""The documentation names what there is, and its links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer.main
import yaml
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.commands import app
from bot.retention import DRAFT_DAYS
from bot.settings import Settings
from connectors.terminal.chat import QUIT
from dialogues.forms import Form, load_forms
from dialogues.texts import Texts
from knowledge.base import load

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")])
OPERATORS, COORDINATORS = ROOT / "docs" / "operators.md", ROOT / "docs" / "coordinators.md"
PHRASES = sorted((ROOT / "dialogues" / "data" / "phrases").glob("*.yml"))
NOT_SET = "–"

_CODE = re.compile(r"```.*?```|~~~.*?~~~", re.DOTALL)
_SPAN = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


def section(page: Path, heading: str) -> str:
    """The text of a section, its subsections included."""
    text = page.read_text(encoding="utf-8")
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,2}} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"{page.name} has no section {heading}"
    return found[2]


def rows(table: str) -> list[list[str]]:
    """The cells of each row, heads and rules left out."""
    lines = [line for line in table.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "`" in line]


def setting(name: str) -> str:
    return f"I2PCC_{name.upper()}"


def default(field: FieldInfo) -> str:
    """A default as the table writes it."""
    value = field.default
    assert not isinstance(value, SecretStr), "a secret has no default"
    return NOT_SET if value is None else f"`{value}`"


def commands(group: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each command of the command line with its options."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")
        if not hasattr(command, "commands") or command.invoke_without_command:
            yield f"{path}{name}", {o for p in command.params for o in p.opts if o.startswith("--")}


COMMANDS = list(commands(typer.main.get_command(app)))


def slash_commands() -> set[str]:
    words = {p for f in PHRASES for group in yaml.safe_load(f.read_text(encoding="utf-8")).values() for p in group}
    return {str(word) for word in words if str(word).startswith("/")}


def test_the_table_has_each_setting_with_its_default() -> None:
    told = {row[0].strip("`"): row[1] for row in rows(section(OPERATORS, "Settings"))}
    assert told == {setting(name): default(field) for name, field in Settings.model_fields.items()}


def test_each_setting_has_a_meaning() -> None:
    assert all(len(row) == 3 and len(row[2]) > 20 for row in rows(section(OPERATORS, "Settings")))


def test_no_page_names_a_setting_that_there_is_not() -> None:
    scripts = " ".join(f.read_text(encoding="utf-8") for f in (ROOT / "scripts").iterdir())
    known = {setting(name) for name in Settings.model_fields} | set(re.findall(r"I2PCC_[A-Z_]+[A-Z]", scripts))
    named = {name for page in PAGES for name in re.findall(r"I2PCC_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))}
    assert named == known


@pytest.mark.parametrize("form", load_forms().values(), ids=lambda form: str(form.kind))
def test_each_slot_is_told(form: Form) -> None:
    told = set(re.findall(r"`([a-z_]+)`", " ".join(row[0] for row in rows(section(COORDINATORS, "What is asked")))))
    assert {slot.id for slot in form.slots} <= told
    assert told <= {slot.id for each in load_forms().values() for slot in each.slots}


def test_the_table_has_each_slash_command() -> None:
    cells = " ".join(row[0] for row in rows(section(COORDINATORS, "What people can type")))
    assert set(re.findall(r"`(/[a-z]+)`", cells)) == slash_commands()


def test_the_ways_out_of_the_terminal_are_told() -> None:
    told = section(OPERATORS, "Commands")
    assert all(f"`{word}`" in told for word in QUIT)


@pytest.mark.parametrize(("path", "options"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_each_command_is_told(path: str, options: set[str]) -> None:
    told = [
        row for row in rows(section(OPERATORS, "Commands")) if re.search(rf"`scripts/run {path}(?:`| \[?[A-Z])", row[0])
    ]
    assert len(told) == 1
    assert all(f"`{name}`" in told[0][1] for name in options)


def test_no_page_names_a_command_that_there_is_not() -> None:
    known = {path for path, _ in COMMANDS}
    for page in PAGES:
        for words in re.findall(
            r"scripts/run ((?:(?:intakes|rasa|deliveries) )?[a-z][a-z-]*)", page.read_text(encoding="utf-8")
        ):
            assert words in known | {"intakes", "rasa"}, f"{page.name}: scripts/run {words}"


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    lost = [target for target in links(page) if not leads_somewhere(page, target)]
    assert not lost


def test_the_readme_reaches_every_page_of_docs() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        targets = {(page.parent / link.partition("#")[0]).resolve() for link in links(page) if "://" not in link}
        waiting += [t for t in targets - reached if t.suffix == ".md" and t.is_file()]
    top = {p for p in (ROOT / "docs").glob("*.md") if p.name != "README.md"}
    assert top <= reached


@pytest.mark.parametrize("language", ["en", "nl", "zh"])
def test_people_read_the_days_that_hold(language: str) -> None:
    notice = Texts.load().by_language[language]["form.privacy"]
    answer = " ".join(fact.text[language] for fact in load().topic("assistant:privacy").facts)
    promised = {Settings.model_fields["retention_days"].default, DRAFT_DAYS}
    assert {int(number) for number in re.findall(r"\d+", notice)} == promised
    assert {int(number) for number in re.findall(r"\d+", answer)} == promised


def links(page: Path) -> list[str]:
    """Targets of links and images; what stands in code is none."""
    text = _SPAN.sub("", _CODE.sub("", page.read_text(encoding="utf-8")))
    return [inline or reference for inline, reference in _LINK.findall(text)]


def leads_somewhere(page: Path, target: str) -> bool:
    if re.match(r"(https?|mailto):", target):
        return True
    path, _, anchor = unquote(target).partition("#")
    file = page if not path else page.parent / path
    if not file.exists() or ROOT not in (file.resolve(), *file.resolve().parents):
        return False
    return not anchor or anchor in anchors(file)


def anchors(page: Path) -> set[str]:
    """The names under which a page's headings can be linked, as GitHub makes them."""
    headings = _HEADING.findall(_CODE.sub("", page.read_text(encoding="utf-8")))
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", h).replace("`", "").lower() for h in headings)
    return {re.sub(r"[^\w\- ]", "", h).strip().replace(" ", "-") for h in plain}
