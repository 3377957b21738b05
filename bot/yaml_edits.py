"""Adding an entry to a YAML file that people write: everything else stays as it is, comments and layout too.

PyYAML tells where each node begins and ends; the new lines are put there. A library that writes the whole file
anew (ruamel.yaml) would wrap long lines and loosen flow lists that were laid out by hand.
"""

import re
from collections.abc import Mapping

import yaml

from knowledge.model import Fact

_TRAILING = re.compile(r"(?:\s*\n[ \t]*#[^\n]*)*\s*\Z")
"""Blank lines and whole comment lines: they belong to what comes next."""


def with_example(content: str, intent: str, text: str) -> str | None:
    """A training file with one more example at the end of an intent's block; None when it has no such block."""
    for block in _entries(content, "nlu"):
        examples = _value(block, "examples")
        if _text(block, "intent") == intent and isinstance(examples, yaml.ScalarNode) and examples.style == "|":
            head = content[: examples.end_mark.index].rstrip()
            last = head[head.rfind("\n") + 1 :]
            indent = last[: len(last) - len(last.lstrip())]
            return _inserted(content, head, f"{indent}- {text}")
    return None


def with_fact(content: str, topic: str, fact: Fact) -> str | None:
    """A knowledge file with one more fact of a topic; None when the topic does not stand in it.

    Raises ValueError when the topic's facts are not written below each other.
    """
    for entry in _entries(content, "topics"):
        if _text(entry, "id") != topic:
            continue
        facts = _value(entry, "facts")
        if facts is None:
            indent = " " * entry.start_mark.column
            return _inserted(content, _head(content, entry), f"{indent}facts:\n{_fact_lines(fact, indent)}")
        if not isinstance(facts, yaml.SequenceNode) or facts.flow_style or not facts.value:
            raise ValueError(f"the facts of {topic} do not stand below each other; add this one by hand")
        return _inserted(content, _head(content, facts), _fact_lines(fact, " " * facts.start_mark.column))
    return None


def _fact_lines(fact: Fact, indent: str) -> str:
    kind = [f"  kind: {fact.kind}"] if fact.kind != "stated" else []
    texts = [f"    {line}" for code, text in fact.text.items() for line in _line(code, text)]
    lines = [f"- attribute: {fact.attribute}", f"  sources: [{', '.join(fact.sources)}]", *kind, "  text:", *texts]
    return "\n".join(indent + line for line in lines)


def _line(code: str, text: str) -> list[str]:
    """One language's text on a line of its own, in quotes where YAML needs them."""
    return str(yaml.safe_dump({code: text}, allow_unicode=True, width=float("inf"))).splitlines()


def _head(content: str, node: yaml.Node) -> str:
    """The content up to the end of a node; PyYAML ends a block only where the next thing begins."""
    return _TRAILING.sub("", content[: node.end_mark.index])


def _inserted(content: str, head: str, lines: str) -> str:
    newline = "\r\n" if "\r\n" in content else "\n"
    return head + newline + lines.replace("\n", newline) + (content[len(head) :] or newline)


def _entries(content: str, section: str) -> list[yaml.MappingNode]:
    root = yaml.compose(content, Loader=yaml.SafeLoader)
    listed = _value(root, section) if isinstance(root, yaml.MappingNode) else None
    entries = listed.value if isinstance(listed, yaml.SequenceNode) else []
    return [e for e in entries if isinstance(e, yaml.MappingNode)]


def _value(entry: yaml.MappingNode, name: str) -> yaml.Node | None:
    pairs: Mapping[str, yaml.Node] = {key.value: value for key, value in entry.value}
    return pairs.get(name)


def _text(entry: yaml.MappingNode, name: str) -> str | None:
    node = _value(entry, name)
    return node.value if isinstance(node, yaml.ScalarNode) else None
