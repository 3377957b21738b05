"""Keeping people's data out of logs and audit trails."""

import hashlib
import re
import traceback

_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def describe(error: BaseException) -> str:
    """An error by its type and place alone: messages of exceptions may quote what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    places = (f"{f.filename.replace(chr(92), '/').rsplit('/', 1)[-1]}:{f.lineno}" for f in reversed(frames[-3:]))
    return f"{type(error).__name__} at {' < '.join(places)}"


def pseudonym(reference: str, actor_id: str) -> str:
    """A stable name for an actor of one intake that does not tell who it is."""
    return "coordinator-" + hashlib.sha256(f"{reference}:{actor_id}".encode()).hexdigest()[:8]


def fingerprint(external_id: str) -> str:
    """A platform's id of an update after an erasure: a redelivery is still known by it."""
    return "sha256:" + hashlib.sha256(external_id.encode("utf-8", "replace")).hexdigest()


def storable(text: str) -> str:
    """Text that every database takes and no screen obeys.

    Without lone surrogates, control characters (which a terminal carries out) and overrides of the writing
    direction (which show one text and hold another).
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", lines.encode("utf-8", "replace").decode("utf-8"))
