"""The forms as data, and the way through them."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from dialogues.forms import Form, Slot, load_forms

PROPOSAL = load_forms()["proposal"]
NEED = load_forms()["need"]


PROPOSAL_SLOTS = (
    "company_name contact_name contact_email province challenges solution track_record "
    "collaboration_mode consortium_role preferred_regions consent review"
)
NEED_SLOTS = "organisation contact_name contact_email region challenges need scale consent review"


def test_the_slots_that_are_asked_are_those_of_the_web_contract() -> None:
    assert " ".join(s.id for s in PROPOSAL.slots if s.asked) == PROPOSAL_SLOTS
    assert " ".join(s.id for s in NEED.slots) == NEED_SLOTS


@pytest.mark.parametrize("form", [PROPOSAL, NEED], ids=["proposal", "need"])
def test_consent_and_review_close_every_form(form: Form) -> None:
    assert [s.type for s in form.slots[-2:]] == ["consent", "review"]
    assert not any(s.optional for s in form.slots[-2:])


def test_a_role_is_asked_in_a_consortium_only() -> None:
    role = PROPOSAL.slot("consortium_role")
    assert role not in PROPOSAL.applicable({})
    assert role not in PROPOSAL.applicable({"collaboration_mode": "alone"})
    assert role in PROPOSAL.applicable({"collaboration_mode": "consortium"})


def test_the_next_open_slot_is_the_first_without_an_answer() -> None:
    assert PROPOSAL.next_open({}).id == "company_name"
    assert PROPOSAL.next_open({"company_name": "A", "contact_email": "a@b.be"}).id == "contact_name"
    every = {s.id: None for s in PROPOSAL.slots if s.type != "review"}
    assert PROPOSAL.next_open(every).id == "review"


def test_a_note_of_another_answer_is_never_asked() -> None:
    without = {s.id: "consortium" for s in PROPOSAL.slots if s.type != "review" and s.asked}
    assert PROPOSAL.slot("consortium_note") in PROPOSAL.applicable(without)
    assert PROPOSAL.next_open(without).id == "review"


def test_progress_leaves_the_review_out_and_counts_what_applies() -> None:
    assert PROPOSAL.progress("company_name", {}) == (1, 10)
    assert PROPOSAL.progress("consent", {"collaboration_mode": "alone"}) == (10, 10)
    assert PROPOSAL.progress("consent", {"collaboration_mode": "consortium"}) == (11, 11)
    assert PROPOSAL.progress("review", {}) == (10, 10)


def test_an_unknown_slot_is_told() -> None:
    with pytest.raises(KeyError):
        NEED.slot("company_name")


@pytest.mark.parametrize(
    "slot", ["{id: a, type: poem}", "{id: a, type: name, colour: red}", "{id: a, type: text, longest: 0}"]
)
def test_a_slot_that_is_not_understood_is_refused(tmp_path: Path, slot: str) -> None:
    (tmp_path / "need.yml").write_text(f"kind: need\nslots:\n  - {slot}\n", encoding="utf-8")
    with pytest.raises(ValidationError):
        load_forms(tmp_path)


def test_whatever_is_typed_may_answer_a_free_slot() -> None:
    free = ["company_name", "contact_name", "solution", "track_record", "consortium_note"]
    assert [s.id for s in PROPOSAL.slots if s.free] == free
    assert not Slot(id="x", type="email").free
