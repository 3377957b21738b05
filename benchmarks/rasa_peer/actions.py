"""Rasa's action server for the peer bot: the form's validation and the submission, as our proposal has them."""

import re
import secrets

from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import AllSlotsReset

EMAIL = re.compile(r"[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
PROVINCES = {
    "antwerp": "province:antwerp",
    "limburg": "province:limburg",
    "east flanders": "province:east-flanders",
    "flemish brabant": "province:flemish-brabant",
    "other": "province:other",
    "another": "province:other",
}
CHALLENGES = {
    "zero-emission": "challenge:zero-emission-process",
    "industrial air": "challenge:industrial-air-emissions",
    "indoor air": "challenge:indoor-air-quality",
    "industrial water": "challenge:industrial-water",
    "sludge": "challenge:sludge-treatment",
    "soil": "challenge:soil-remediation",
    "waste treatment": "challenge:waste-treatment",
    "hydrogen": "challenge:hydrogen",
    "energy efficiency": "challenge:energy-efficiency",
    "grid": "challenge:smart-grid-storage",
    "battery": "challenge:battery-second-life",
}
REGIONS = {name: f"region:{name}" for name in ("chengdu", "chongqing", "guangdong", "hebei", "shaanxi")}
MODES = {"own": "alone", "alone": "alone", "with other": "consortium", "consortium": "consortium"}
ROLES = {"lead": "lead", "contribute": "contribute"}
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def found(text, options):
    """The identifiers of the names that stand in the text."""
    return [identifier for name, identifier in options.items() if name in text.lower()]


def one(dispatcher, text, slot, options):
    hits = found(text, options)
    if len(hits) == 1:
        return {slot: hits[0]}
    dispatcher.utter_message(response="utter_problem_choice")
    return {slot: None}


def several(dispatcher, text, slot, options):
    hits = found(text, options)
    if not hits:
        dispatcher.utter_message(response="utter_problem_choices")
    return {slot: hits or None}


def name(dispatcher, text, slot, longest):
    if len(text) <= longest and any(c.isalpha() for c in text):
        return {slot: text}
    dispatcher.utter_message(response="utter_problem_name")
    return {slot: None}


class ValidateProposalForm(FormValidationAction):
    def name(self):
        return "validate_proposal_form"

    async def required_slots(self, domain_slots, dispatcher, tracker, domain):
        skipped = set()
        if tracker.get_slot("collaboration_mode") != "consortium":
            skipped.add("consortium_role")
        if tracker.get_slot("consent") is False:
            skipped.add("review")
        return [slot for slot in domain_slots if slot not in skipped]

    def validate_company_name(self, value, dispatcher, tracker, domain):
        return name(dispatcher, value, "company_name", 120)

    def validate_contact_name(self, value, dispatcher, tracker, domain):
        return name(dispatcher, value, "contact_name", 100)

    def validate_contact_email(self, value, dispatcher, tracker, domain):
        address = EMAIL.search(value)
        if address:
            return {"contact_email": address[0]}
        dispatcher.utter_message(response="utter_problem_email")
        return {"contact_email": None}

    def validate_province(self, value, dispatcher, tracker, domain):
        return one(dispatcher, value, "province", PROVINCES)

    def validate_challenges(self, value, dispatcher, tracker, domain):
        return several(dispatcher, value, "challenges", CHALLENGES)

    def validate_solution(self, value, dispatcher, tracker, domain):
        if len(value) >= 15:
            return {"solution": value}
        dispatcher.utter_message(response="utter_problem_too_short")
        return {"solution": None}

    def validate_track_record(self, value, dispatcher, tracker, domain):
        return {"track_record": value}

    def validate_collaboration_mode(self, value, dispatcher, tracker, domain):
        return one(dispatcher, value, "collaboration_mode", MODES)

    def validate_consortium_role(self, value, dispatcher, tracker, domain):
        return one(dispatcher, value, "consortium_role", ROLES)

    def validate_preferred_regions(self, value, dispatcher, tracker, domain):
        if value == "-":
            return {"preferred_regions": []}
        return several(dispatcher, value, "preferred_regions", REGIONS)

    def validate_consent(self, value, dispatcher, tracker, domain):
        return {"consent": value}

    def validate_review(self, value, dispatcher, tracker, domain):
        return {"review": value}


class SubmitProposal(Action):
    def name(self):
        return "action_submit_proposal"

    def run(self, dispatcher, tracker, domain):
        if not tracker.get_slot("consent") or not tracker.get_slot("review"):
            dispatcher.utter_message(response="utter_no_consent")
            return [AllSlotsReset()]
        reference = "I2P-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
        dispatcher.utter_message(response="utter_submitted", reference=reference)
        return [AllSlotsReset()]
