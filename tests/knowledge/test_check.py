from pathlib import Path

import pytest

from knowledge.base import load
from knowledge.check import missing
from tests.knowledge.conftest import Edit

HEBEI = "regions/hebei.yml"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (HEBEI, "attribute: summary", "attribute: goals", "region:hebei: no summary"),
        (HEBEI, "重工业为主", "重工業为主", "region:hebei: economy has Traditional characters in zh"),
        ("lists.yml", "Hebei, Shaanxi. They", "Hebei. They", "regions: the en summary does not name region:shaanxi"),
        ("lists.yml", "sources: [S1, S2]", "sources: []", "regions: summary names no source"),
        ("challenges.yml", "概要点名重庆", "概要点名当地", "challenge:industrial-water: where in zh does not name"),
        ("sources.yml", "sources:", "sources:\n- {key: S9, title: {en: A, nl: B, zh: 丙}}", "source S9: no fact"),
        (
            "unknown.yml",
            "  follow_ups: [action:human, programme:funding, programme:how-to-apply]\n",
            "",
            "unknown:fees: no follow-ups",
        ),
    ],
)
def test_a_gap_is_told_without_stopping_the_start(
    folder: Path, edit: Edit, file: str, old: str, new: str, told: str
) -> None:
    before = missing(load(folder))
    edit(file, old, new)
    (warning,) = set(missing(load(folder))) - set(before)
    assert told in warning


def test_an_identifier_that_the_dialogue_speaks_of_is_missed(folder: Path) -> None:
    for path in folder.rglob("*.yml"):
        path.write_text(path.read_text("utf-8").replace("action:status", "action:state"), "utf-8")
    assert "action:status: no topic; the dialogue speaks of it" in missing(load(folder))


def test_a_region_without_ties_aliases_or_partner_is_told(folder: Path) -> None:
    (folder / "fujian.yml").write_text(
        "topics:\n- id: region:fujian\n  names: {en: Fujian, nl: Fujian, zh: 福建}\n", "utf-8"
    )
    warnings = missing(load(folder))
    for told in (
        "region:fujian: no aliases in nl",
        "region:fujian: no tie to any challenge",
        "region:fujian: no partner province",
        "region:fujian: no summary",
        "regions: the zh summary does not name region:fujian",
    ):
        assert told in warnings
