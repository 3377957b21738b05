"""A conversation's lines, and alerts, as messages of a Slack thread."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.slack.cards import MESSAGE_LIMIT, slack_time
from connectors.slack.labels import Labels
from connectors.slack.mrkdwn import clip, escape, size, split

_HEAD_LIMIT = 300


def transcript(lines: Sequence[Mapping[str, Any]], labels: Labels) -> list[str]:
    """The fewest messages that hold the lines in their order; a long line goes over several.

    The same lines always give the same messages, so that an interrupted delivery can be resumed.
    """
    messages: list[str] = []
    for line in lines:
        author = labels.authors.get(line["author"], str(line["author"]))
        for piece in attributed(author, str(line["text"]), slack_time(str(line["at"]))):
            if messages and size(messages[-1]) + size(piece) + 2 <= MESSAGE_LIMIT:
                messages[-1] += "\n\n" + piece
            else:
                messages.append(piece)
    return messages


def attributed(author: str, text: str, time: str = "") -> list[str]:
    """What someone said, under their name. `author` and `text` are plain, `time` is mrkdwn."""
    head = f"*{clip(author, _HEAD_LIMIT // 2)}*" + (f" · {time}" if time else "") + "\n"
    return [head + piece for piece in split(text, MESSAGE_LIMIT - _HEAD_LIMIT)]


def alert(body: Mapping[str, Any], labels: Labels) -> str:
    """What somebody has to look after."""
    reference = f" of {body['reference']}" if body["reference"] else ""
    words = {
        "row": str(body["row"]),
        "channel": labels.channels.get(body["channel"], str(body["channel"])),
        "kind": labels.kinds.get(body["kind"], str(body["kind"])),
        "reason": clip(str(body["reason"]), _HEAD_LIMIT),
        "reference": escape(reference),
    }
    return labels.alerts[body["event"]].format(**words)
