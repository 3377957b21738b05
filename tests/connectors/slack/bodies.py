"""Deliveries as the bot makes them."""

from typing import Any

from bot.ports import Delivery

Json = dict[str, Any]

SLOTS: Json = {
    "company_name": "Zuiver & Co <NV>",
    "contact_name": "Ann De Smet",
    "contact_email": "ann@zuiver.example",
    "province": "province:antwerp",
    "challenges": ["challenge:hydrogen", "challenge:industrial-water"],
    "solution": "Membranes for process water.",
    "track_record": None,
    "collaboration_mode": "consortium",
    "consortium_role": "lead",
    "consortium_note": "We lead, and look for a partner for drying sludge.",
    "preferred_regions": ["region:chongqing"],
    "consent": True,
}
MATCH: Json = {
    "regions": [
        {
            "region": "region:chongqing",
            "score": 0.71,
            "confidence": "medium",
            "reasons": [{"text": "Water treatment is stated as a need.", "sources": ["S1"]}],
        },
        {"region": "region:hebei", "score": 0.2, "confidence": "low", "reasons": []},
    ]
}


def intake(**changes: Any) -> Json:
    return {
        "reference": "I2P-7K3F9Q",
        "kind": "proposal",
        "slots": SLOTS,
        "language": "nl",
        "channel": "telegram",
        "status": "new",
        "match": MATCH,
        "history": [],
        **changes,
    }


def card_body(**changes: Any) -> Json:
    return {
        "handoff_id": "h1",
        "reason": "intake",
        "intake": intake(),
        "conversation": {"language": "nl", "channel": "telegram"},
        "text": "",
        "claimed_by": None,
        "created_at": "2026-11-21T22:00:00+00:00",
        **changes,
    }


def card(**changes: Any) -> Delivery:
    return Delivery("d1", "slack", "card", "", card_body(**changes))


def lines(*texts: str) -> list[Json]:
    at = "2026-11-21T22:00:00+00:00"
    return [{"author": ("person", "assistant")[i % 2], "text": text, "at": at} for i, text in enumerate(texts)]
