"""Finds the programme's names in a text: exactly in any language and script, and misspelt ones with care."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from knowledge.base import KnowledgeBase
from knowledge.consistency import spellings
from knowledge.spelling import Token, key, tokens

FUZZY_KINDS = ("region", "province", "challenge")
SHORTEST_FUZZY = 5
LONG_NAME = 9
PLACE = 0.85
"""Score of a town or an area: it hints at the region or province that it lies in, and is not its name."""
_FIRM = frozenset(" \t\n-‐‑–'’·&_()（）")
_LOOSE = _FIRM | frozenset(",，")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text that names a topic. `score` is 1 for an exact name, lower for a misspelt one or a place."""

    identifier: str
    text: str
    start: int
    end: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class _Hit:
    """Tokens `first` to `last` (exclusive) bear a name; `identifier` is None for a name that is not ours."""

    identifier: str | None
    first: int
    last: int
    score: float = 1.0


class Gazetteer:
    """The names, aliases and confusable names of a knowledge base, ready for look-up."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._owners: dict[Key, str | None] = {key(name): None for name in kb.confusable}
        for topic in kb.topics.values():
            self._owners.update((key(name), topic.id) for name in (*spellings(topic), *topic.places))
        self._owners.pop((), None)
        self._places = {key(name) for topic in kb.topics.values() for name in topic.places}
        longest: dict[str, int] = defaultdict(int)
        for name in self._owners:
            longest[name[0]] = max(longest[name[0]], len(name))
        self._longest = dict(longest)
        self._fuzzy = _by_shape(self._owners, [t for kind in FUZZY_KINDS for t in _names(kb, kind)])

    def find(self, text: str) -> list[Mention]:
        """All names in the order of the text, none overlapping another: the longest wins, exact before misspelt."""
        pieces = tokens(text)
        gaps = [text[a.end : b.start] for a, b in pairwise(pieces)]
        taken = [False] * len(pieces)
        hits = _free(list(self._exact(pieces, gaps)), pieces, taken)
        hits += _free(list(self._misspelt(pieces, gaps, taken)), pieces, taken)
        return [
            Mention(
                identifier=hit.identifier,
                text=text[pieces[hit.first].start : pieces[hit.last - 1].end],
                start=pieces[hit.first].start,
                end=pieces[hit.last - 1].end,
                score=hit.score,
            )
            for hit in sorted(hits, key=lambda h: h.first)
            if hit.identifier is not None
        ]

    def _exact(self, pieces: Sequence[Token], gaps: Sequence[str]) -> Iterator[_Hit]:
        for first, piece in enumerate(pieces):
            reach = self._longest.get(piece.form, 0)
            for last in range(first + 1, min(first + reach, len(pieces)) + 1):
                if last > first + 1 and not _LOOSE.issuperset(gaps[last - 2]):
                    break
                name = tuple(p.form for p in pieces[first:last])
                owner = self._owners.get(name, name)
                if owner is None or (isinstance(owner, str) and _firm(gaps[first : last - 1])):
                    yield _Hit(owner, first, last, PLACE if name in self._places else 1.0)

    def _misspelt(self, pieces: Sequence[Token], gaps: Sequence[str], taken: Sequence[bool]) -> Iterator[_Hit]:
        for first, piece in enumerate(pieces):
            for size, candidates in self._fuzzy.get(piece.form[0], {}).items():
                last = first + size
                if last > len(pieces) or any(taken[first:last]) or not _firm(gaps[first : last - 1]):
                    continue
                hit = _closest(" ".join(p.form for p in pieces[first:last]), candidates)
                if hit is not None:
                    yield _Hit(hit[0], first, last, hit[1])


def _names(kb: KnowledgeBase, kind: str) -> Iterator[Key]:
    """Names alone, with and without what stands in brackets: a slip away from an alias lies too much else."""
    for topic in kb.of_kind(kind):
        for name in topic.names.values():
            yield from (key(name), key(name.split("(")[0]))


def _by_shape(
    owners: dict[Key, str | None], names: Sequence[Key]
) -> dict[str, dict[int, list[tuple[str, str | None]]]]:
    """Names that may be misspelt, with every confusable one beside them, by first letter and then count of words."""
    shapes: dict[str, dict[int, list[tuple[str, str | None]]]] = defaultdict(lambda: defaultdict(list))
    rivals = [name for name, owner in owners.items() if owner is None]
    for name in dict.fromkeys([*names, *rivals]):
        spelling = " ".join(name)
        if name in owners and spelling.isascii() and len(spelling) >= SHORTEST_FUZZY:
            shapes[spelling[0]][len(name)].append((spelling, owners[name]))
    return dict(shapes)


def _closest(word: str, candidates: Sequence[tuple[str, str | None]]) -> tuple[str | None, float] | None:
    """The owner of the nearest name within reach; a name that is not ours wins a tie."""
    best: tuple[int, bool, str | None, int] | None = None
    for spelling, owner in candidates:
        shorter = min(len(word), len(spelling))
        reach = 0 if shorter < SHORTEST_FUZZY else 1 if shorter < LONG_NAME else 2
        distance = OSA.distance(word, spelling, score_cutoff=reach)
        if distance <= reach and (best is None or (distance, owner is not None) < best[:2]):
            best = (distance, owner is not None, owner, max(len(word), len(spelling)))
    return None if best is None else (best[2], round(1 - best[0] / best[3], 3))


def _free(hits: list[_Hit], pieces: Sequence[Token], taken: list[bool]) -> list[_Hit]:
    """The hits that keep their place when the longest (then the best, then the first) choose before the others."""
    kept = []
    for hit in sorted(hits, key=lambda h: (pieces[h.first].start - pieces[h.last - 1].end, -h.score, h.first)):
        if not any(taken[hit.first : hit.last]):
            taken[hit.first : hit.last] = [True] * (hit.last - hit.first)
            kept.append(hit)
    return kept


def _firm(gaps: Sequence[str]) -> bool:
    """Whether words may belong to one of our names; a comma may only stand in a name that is not ours."""
    return all(_FIRM.issuperset(gap) for gap in gaps)
