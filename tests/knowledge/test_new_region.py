"""Adding a region is adding one file: no line of Python and no other file changes."""

from pathlib import Path

from knowledge.base import load
from knowledge.encoder import Encoder
from knowledge.gazetteer import Gazetteer
from knowledge.matching import Matcher

ZHUOLAN = """
sources:
- key: Z1
  title: {en: A made-up page, nl: Een verzonnen pagina, zh: 虚构的网页}
topics:
- id: region:zhuolan
  names: {en: Zhuolan, nl: Zhuolan, zh: 濯兰}
  aliases:
    en: [Zhuolan province, Zhu-o-lan]
    nl: [provincie Zhuolan]
    zh: [濯蘭]
  partners: [province:limburg]
  follow_ups: [challenge:hydrogen, provinces]
  themes:
  - {sources: [Z1], text: {en: green hydrogen for ships, nl: groene waterstof voor schepen, zh: 船用绿氢}}
  facts:
  - attribute: summary
    sources: [Z1]
    text: {en: Zhuolan builds ships., nl: Zhuolan bouwt schepen., zh: 濯兰制造船舶。}
ties:
- challenge: challenge:hydrogen
  region: region:zhuolan
  kind: stated
  sources: [Z1]
  text:
    en: Zhuolan asks for hydrogen.
    nl: Zhuolan vraagt om waterstof.
    zh: 濯兰需要氢能。
"""


def test_one_file_makes_a_region_listed_found_and_matched(folder: Path, encoder: Encoder) -> None:
    (folder / "regions" / "zhuolan.yml").write_text(ZHUOLAN, encoding="utf-8")
    kb = load(folder)

    assert "region:zhuolan" in [t.id for t in kb.of_kind("region")]
    assert kb.topic("province:limburg").partners == ("region:guangdong", "region:zhuolan")
    assert kb.sources["Z1"].title["nl"] == "Een verzonnen pagina"

    found = {m.text: m.identifier for m in Gazetteer(kb).find("Zhuolan, Zhoulan, 濯蘭 en provincie Zhuolan")}
    assert set(found.values()) == {"region:zhuolan"}
    assert found.keys() == {"Zhuolan", "Zhoulan", "濯蘭", "provincie Zhuolan"}

    best = Matcher(kb, encoder).match(["challenge:hydrogen"], "Hydrogen engines for ships", [], "nl").regions[0]
    assert (best.region, best.confidence) == ("region:zhuolan", "high")
    assert best.reasons[0].text == "Zhuolan vraagt om waterstof."
    assert best.reasons[0].sources == ("Z1",)
    assert "groene waterstof voor schepen" in best.reasons[1].text
