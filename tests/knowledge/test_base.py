import shutil
import zipfile
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase, load
from knowledge.errors import KnowledgeError
from tests.knowledge.conftest import Edit


def problems(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return caught.value.problems


def test_a_copy_of_the_data_reads_like_the_packaged_one(kb: KnowledgeBase, folder: Path) -> None:
    copy = load(folder)
    assert copy.topics == kb.topics
    assert copy.sources == kb.sources
    assert copy.ties() == kb.ties()


def test_ties_are_found_from_either_side(kb: KnowledgeBase) -> None:
    (tie,) = kb.ties(challenge="challenge:soil-remediation", region="region:chongqing")
    assert tie.kind == "stated"
    assert tie in kb.ties(region="region:chongqing")
    assert kb.ties(challenge="challenge:hydrogen") == []


def test_lists_and_out_of_scope_are_no_members_of_a_kind(kb: KnowledgeBase) -> None:
    assert len(kb.of_kind("region")) == 5
    assert [t.id for t in kb.of_kind("challenge")][:2] == [
        "challenge:zero-emission-process",
        "challenge:industrial-air-emissions",
    ]
    assert kb.of_kind("out-of-scope") == []


def test_partners_hold_in_both_directions(kb: KnowledgeBase, folder: Path, edit: Edit) -> None:
    assert kb.topic("province:antwerp").partners == ("region:shaanxi", "region:chongqing")
    edit("provinces.yml", "  partners: [region:hebei]\n", "")
    assert load(folder).topic("province:east-flanders").partners == ("region:hebei",)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert any("no .yml file" in line for line in problems(tmp_path))
    assert any("no .yml file" in line for line in problems(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("regions/hebei.yml", "  follow_ups:", "  folow_ups:", ["regions/hebei.yml", "region:hebei", "folow_ups"]),
        ("regions/hebei.yml", "nl: Hebei, zh", "zh", ["regions/hebei.yml", "region:hebei, names", "nl is missing"]),
        ("regions/hebei.yml", "nl: Hebei, zh", "nl: Hebei, fr: Hebei, zh", ["names", "fr is not one of"]),
        ("regions/hebei.yml", "sources: [S1, P4]", "sources: [S1, X4]", ["facts 2 (since)", "no source X4"]),
        ("regions/hebei.yml", "sources: [S1, P4]", "sources: []", ["facts 2 (since)", "no source"]),
        ("regions/hebei.yml", "attribute: since", "attribute: started", ["unknown attribute", "since"]),
        ("regions/hebei.yml", "attribute: since", "attribute: summary", ["summary is given 2 times"]),
        ("regions/hebei.yml", "[province:east-flanders]", "[province:atlantis]", ["partners", "province:atlantis"]),
        ("regions/hebei.yml", "[province:east-flanders]", "[region:chengdu]", ["region:chengdu cannot be a partner"]),
        ("regions/hebei.yml", "action:proposal]", "action:dance]", ["follow_ups", "action:dance"]),
        ("regions/hebei.yml", "[Hebei province", "[Chengdu city", ["Chengdu city", "region:chengdu"]),
        ("regions/hebei.yml", "[河北省", "[成都市", ["成都市", "region:chengdu"]),
        ("regions/hebei.yml", "[Hebei province", "[yes", ["regions/hebei.yml", "aliases en 1"]),
        ("regions/hebei.yml", "    nl: [provincie", "    fr: [provincie", ["aliases", "fr is not one of"]),
        ("regions/hebei.yml", "    near:\n      en:", "    near:\n      fr:", ["themes 1, near", "fr is not one of"]),
        ("regions/hebei.yml", "topics:", "topic:", ["regions/hebei.yml, topic", "unknown section"]),
        ("ties.yml", "region: region:hebei", "region: region:hubei", ["ties.yml", "no region region:hubei"]),
        ("ties.yml", "challenge: challenge:soil", "challenge: challenge:moon", ["challenge:moon-remediation"]),
        ("ties.yml", "kind: stated", "kind: sure", ["ties.yml", "challenge:industrial-water", "stated"]),
        ("ties.yml", "sources: [S1]", "sources: []", ["ties.yml", "sources"]),
        ("sources.yml", "  year: 2018", "  year: long ago", ["sources.yml", "S1", "year"]),
        ("sources.yml", "- key: P9", "- key: P8", ["source key P8 is given 2 times"]),
        ("programme.yml", "  zh: I²PCC\n", "", ["programme.yml, name", "zh is missing"]),
        ("reasons.yml", "{region}: low", "{place}: low", ["reasons.yml", "no_challenge en", "place"]),
        ("confusable.yml", "- Hubei", "- no", ["confusable.yml", "quotes"]),
        ("actions.yml", "- id: out-of-scope", "- id: action:need", ["action:need is given 2 times"]),
    ],
)
def test_a_slip_is_told_with_its_file_and_place(
    folder: Path, edit: Edit, file: str, old: str, new: str, told: list[str]
) -> None:
    edit(file, old, new)
    lines = problems(folder)
    assert any(all(part in line for part in told) for line in lines), lines


def test_a_key_written_twice_is_told(folder: Path, edit: Edit) -> None:
    edit("unknown.yml", "- id: unknown:fees\n", "- id: unknown:fees\n  id: unknown:costs\n")
    lines = problems(folder)
    assert any("unknown.yml" in line and "'id' stands here twice" in line for line in lines), lines


def test_all_problems_are_told_at_once(folder: Path, edit: Edit) -> None:
    edit("regions/hebei.yml", "attribute: since", "attribute: started")
    edit("ties.yml", "sources: [S1]", "sources: [S9]")
    edit("sources.yml", "    nl: Programmasynopsis I²PCC\n", "")
    assert len(problems(folder)) == 3


def test_broken_yaml_is_told_with_its_line(folder: Path, edit: Edit) -> None:
    edit("unknown.yml", "names: {en: Deadlines", "names: {en: [Deadlines")
    assert any(line.startswith("unknown.yml: not readable as YAML") and "line" in line for line in problems(folder))


def test_a_new_language_is_asked_for_everywhere(folder: Path, edit: Edit) -> None:
    edit("programme.yml", "[en, nl, zh]", "[en, nl, zh, fr]")
    lines = problems(folder)
    for place in ("programme.yml, name", "region:hebei, names", "facts 1 (summary), text", "reasons.yml", "ties.yml"):
        assert any(place in line and "fr is missing" in line for line in lines), place


def test_data_is_read_from_within_an_archive_as_well(kb: KnowledgeBase, folder: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "wheel"), "zip", root_dir=folder.parent, base_dir=folder.name)
    assert load(zipfile.Path(archive, f"{folder.name}/")).topics == kb.topics
