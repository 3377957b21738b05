"""Whether Slack would take blocks: what slack_sdk's models check, and the rules that they leave out."""

from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def block_errors(blocks: list[dict[str, Any]]) -> list[str]:
    """Everything that is wrong; empty when Slack would take them."""
    errors = []
    if len(blocks) > 50:
        errors.append("more than 50 blocks")
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    if len(ids) != len(set(ids)):
        errors.append("block_id is not unique")
    for number, block in enumerate(blocks):
        errors += [f"block {number}: {error}" for error in _errors_of(block)]
    return errors


def _errors_of(block: dict[str, Any]) -> list[str]:
    try:
        parsed = Block.parse(block)
        if parsed is None:
            return [f"unknown type {block.get('type')}"]
        parsed.validate_json()
    except SlackObjectFormationError as error:
        return [str(error)]
    check = _RULES.get(block["type"])
    return check(block) if check else []


def _section(block: dict[str, Any]) -> list[str]:
    fields = block.get("fields") or []
    if not fields and not block.get("text"):
        return ["a section needs text or fields"]
    errors = [] if len(fields) <= 10 else ["more than 10 fields"]
    if block.get("text"):
        errors += _text(block["text"], 3000)
    for field in fields:
        errors += _text(field, 2000)
    return errors


def _header(block: dict[str, Any]) -> list[str]:
    text = block.get("text") or {}
    return [*_text(text, 150), *([] if text.get("type") == "plain_text" else ["a header is plain_text"])]


def _context(block: dict[str, Any]) -> list[str]:
    elements = block.get("elements") or []
    errors = [] if 1 <= len(elements) <= 10 else ["a context has 1 to 10 elements"]
    for element in elements:
        errors += _text(element, 3000) if element.get("type") != "image" else []
    return errors


def _actions(block: dict[str, Any]) -> list[str]:
    elements = block.get("elements") or []
    errors = [] if 1 <= len(elements) <= 25 else ["actions have 1 to 25 elements"]
    ids = [e.get("action_id") for e in elements]
    if None in ids or len(ids) != len(set(ids)):
        errors.append("action_id is missing or not unique")
    for button in (e for e in elements if e.get("type") == "button"):
        errors += _text(button.get("text") or {}, 75)
        if units(button.get("value", "")) > 2000:
            errors.append("button value over 2000")
        if button.get("style", "primary") not in ("primary", "danger"):
            errors.append("unknown button style")
    return errors


def _text(text: dict[str, Any], limit: int) -> list[str]:
    content = text.get("text")
    if text.get("type") not in ("plain_text", "mrkdwn") or not isinstance(content, str):
        return ["no text object"]
    if not content.strip():
        return ["empty text"]
    errors = [] if units(content) <= limit else [f"text over {limit}"]
    if text["type"] == "mrkdwn" and any(mention in content for mention in ("<!channel", "<!here", "<!everyone")):
        errors.append("mass mention")
    return errors


_RULES = {"section": _section, "header": _header, "context": _context, "actions": _actions}
