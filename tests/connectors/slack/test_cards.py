"""Cards of any intake pass the block validator, and what is written comes out unharmed."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.slack.cards import MESSAGE_LIMIT, build_card
from connectors.slack.labels import load_labels
from connectors.slack.mrkdwn import clip, escape, fits, plain, size, split
from connectors.slack.transcript import transcript
from tests.connectors.slack.bodies import MATCH, SLOTS, card_body, intake
from tests.connectors.slack.conftest import NAMES, name_of
from tests.fakes.slack_blocks import block_errors, units

ALPHABET = st.one_of(
    st.characters(codec="utf-8"), st.sampled_from("&<>*_~`@#!|🌱👩‍🔬企业治理水 \n\x00\ud800"), st.sampled_from("ab ")
)
WRITTEN = st.one_of(
    st.text(ALPHABET, max_size=300),
    st.builds(lambda text, times: text * times, st.text(ALPHABET, min_size=1, max_size=20), st.integers(1, 400)),
    st.sampled_from(
        ["", "<!channel> <!here> @everyone", "&amp;", "<https://evil.example|bank>", "&" * 4000, "🌱" * 4000]
    ),
)
IDENTIFIERS = st.lists(st.sampled_from([*NAMES, "challenge:unheard-of"]), max_size=30)
PROPOSALS = st.fixed_dictionaries(
    {},
    optional={
        **{key: st.one_of(st.none(), WRITTEN) for key in ("company_name", "contact_name", "solution", "track_record")},
        "contact_email": WRITTEN,
        "province": st.sampled_from([None, "province:antwerp", "province:other"]),
        "challenges": IDENTIFIERS,
        "preferred_regions": IDENTIFIERS,
        "collaboration_mode": st.sampled_from(["alone", "consortium", None]),
        "consortium_role": st.sampled_from(["lead", "contribute", None]),
        "consent": st.booleans(),
        "of_another_programme": WRITTEN,
    },
)
NEEDS = st.fixed_dictionaries(
    {},
    optional={
        **{key: st.one_of(st.none(), WRITTEN) for key in ("organisation", "contact_name", "need", "scale")},
        "region": st.sampled_from(["region:hebei", None]),
        "challenges": IDENTIFIERS,
        "consent": st.booleans(),
    },
)
REASONS = st.lists(
    st.fixed_dictionaries({"text": WRITTEN, "sources": st.lists(st.sampled_from(["S1", "P2"]), max_size=3)}),
    max_size=15,
)
REGIONS = st.lists(
    st.fixed_dictionaries(
        {
            "region": st.sampled_from(["region:hebei", "region:unheard-of"]),
            "score": st.floats(0, 1),
            "confidence": st.one_of(st.sampled_from(["low", "medium", "high"]), st.floats(0, 1)),
            "reasons": REASONS,
        }
    ),
    max_size=12,
)
MATCHES = st.one_of(st.none(), st.fixed_dictionaries({"regions": REGIONS}))


def built(**changes: Any) -> Any:
    return build_card(card_body(**changes), name_of, load_labels())


def shown(card: Any) -> str:
    return str(card.blocks)


@settings(max_examples=150, deadline=None)
@given(slots=PROPOSALS, match=MATCHES, claimed=st.one_of(st.none(), WRITTEN), language=st.sampled_from(["en", "fr"]))
def test_the_card_of_any_proposal_is_taken(slots: Any, match: Any, claimed: Any, language: str) -> None:
    conversation = {"language": language, "channel": "web"}
    card = built(intake=intake(slots=slots, match=match), claimed_by=claimed, conversation=conversation)
    assert block_errors(list(card.blocks)) == []
    assert card.text.strip()
    assert all(0 < units(text) <= 4000 and "<!channel" not in text for text in card.overflow)


@settings(max_examples=100, deadline=None)
@given(slots=NEEDS, text=WRITTEN, reason=st.sampled_from(["intake", "person"]))
def test_the_card_of_any_need_or_wish_is_taken(slots: Any, text: str, reason: str) -> None:
    need = intake(kind="need", slots=slots, match=None)
    for body in ({"intake": need, "reason": reason}, {"intake": None, "reason": "person"}):
        assert block_errors(list(built(text=text, **body).blocks)) == []


def test_every_slot_and_choice_has_a_label() -> None:
    labels = load_labels()
    need = {"organisation", "contact_name", "contact_email", "region", "challenges", "need", "scale", "consent"}
    assert set(SLOTS) | need <= set(labels.slots)
    assert {"alone", "consortium", "lead", "contribute", "yes", "no", "low", "medium", "high"} <= set(labels.values)


def fields(card: Any) -> list[str]:
    blocks = card.blocks
    assert block_errors(list(blocks)) == []
    texts = [f["text"] for b in blocks for f in b.get("fields", ())]
    return texts + [b["text"]["text"] for b in blocks if b["type"] == "section" and "text" in b]


def test_a_need_in_chinese_is_read_in_english_beside_the_original() -> None:
    slots = {
        "organisation": "华清环保",
        "region": "region:hebei",
        "challenges": ["challenge:industrial-water", "challenge:hydrogen"],
        "need": "每天三百吨酸洗废水，需要零排放。",
        "scale": "每天三百吨",
        "consent": True,
    }
    need = intake(kind="need", slots=slots, match=None, language="zh-Hans", channel="web")
    texts = fields(built(intake=need, conversation={"language": "zh-Hans", "channel": "web"}))
    assert "*Region*\nHebei (河北)" in texts
    assert "*Challenges*\n• Industrial water treatment (工业用水处理)\n• Hydrogen" in texts
    assert "*Need (as written, not translated)*\n每天三百吨酸洗废水，需要零排放。" in texts
    assert "*Scale (as written, not translated)*\n每天三百吨" in texts
    assert {"*Organisation*\n华清环保", "*Consent to pass this on*\nyes", "*Language*\nChinese (Simplified)"} <= set(
        texts
    )


def test_a_proposal_in_dutch_is_read_in_english_beside_the_original() -> None:
    texts = fields(built())
    assert "*Province*\nAntwerp (Antwerpen)" in texts
    assert "*Collaboration*\nin a consortium (Samen met andere bedrijven)" in texts
    assert "*Role in the consortium*\nleads (De leiding nemen)" in texts
    assert "*Preferred regions*\nChongqing" in texts
    assert "*Solution (as written, not translated)*\nMembranes for process water." in texts
    assert "*Track record*\nnone given" in texts


def test_in_english_nothing_stands_twice() -> None:
    english = {"language": "en", "channel": "web"}
    texts = fields(built(intake=intake(language="en"), conversation=english))
    assert {
        "*Province*\nAntwerp",
        "*Collaboration*\nin a consortium",
        "*Solution*\nMembranes for process water.",
    } <= set(texts)


def test_an_unknown_match_is_told_as_such() -> None:
    assert load_labels().texts["no_match"] in shown(built(intake=intake(match={"regions": []})))
    assert load_labels().texts["no_reasons"] in shown(built(intake=intake(match=MATCH)))


@given(WRITTEN, st.integers(10, 300))
def test_clipped_text_fits_and_keeps_entities_whole(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert size(clipped) <= limit
    assert escape(plain(clipped, {})) == clipped.strip() or clipped != escape(text)


@given(WRITTEN, st.integers(10, 300))
def test_split_text_loses_nothing(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(fits(plain(piece, {}), limit) for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(escape(text).split())


@settings(deadline=None)
@given(st.lists(WRITTEN, max_size=12))
def test_a_transcript_keeps_every_word_in_order(texts: list[str]) -> None:
    lines = [{"author": "person", "text": text, "at": "2026-11-21T22:00:00+00:00"} for text in texts]
    messages = transcript(lines, load_labels())
    assert all(size(message) <= MESSAGE_LIMIT for message in messages)
    bodies = [line for message in messages for line in message.split("\n") if not line.startswith("*Person* · <!date")]
    assert "".join("".join(bodies).split()) == "".join("".join(escape(text) for text in texts).split())
