"""Questions without personal data: addresses, numbers and names give way to a mark that says nothing."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import stopwordsiso

from knowledge.base import KnowledgeBase
from knowledge.script import simplified
from knowledge.spelling import key
from nlu.preparing import gazetteer
from nlu.resources import lexicon
from nlu.training import Example

MARK = "…"
LONG_NUMBER = 5
"""Digits in one word from which it may be a number of somebody; seven when blanks and dots part them."""
LONG_WORD = 5
"""Letters from which a word of ours is no name, although it has a capital where a name is told: "Flemish", not "An"."""

COMMON = 3
"""Times that a word of the examples occurs from which it is no name, if a name it could be."""

Span = tuple[int, int]

_HAN = r"\u3400-\u9fff"
_LATIN = rf"[^\W\d_{_HAN}]"
_WORD = re.compile(rf"{_LATIN}+(?:['’.&-]?(?:{_LATIN}|\d)+)*")
_PERIOD = re.compile(r"(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d")
_ALPHANUMERIC = re.compile(rf"[^\W_{_HAN}]*\d[^\W{_HAN}]*")
_SPACED_NUMBER = re.compile(r"\+?\(?\d(?:[\s().,/–-]{0,2}\d){6,}")
# (?-i:…): to fold these classes would take longer than all else of them, and changes nothing.
_LOCAL = rf"(?-i:(?:[^\W{_HAN}]|[.+'%&-])+|[{_HAN}]{{1,4}})"
_SPOKEN = r"(?:\s?[(\[]?\b(?:dot|punt)\b[)\]]?\s?\w+)*"
_HOST = rf"(?:(?-i:[{_HAN}]{{1,20}}(?:\.[^\W{_HAN}]+)*)|(?-i:(?:[^\W{_HAN}]|[.-])+){_SPOKEN})"
_CONTACT = (
    re.compile(r"(?:https?://|www\.)[^\s，。；、（）《》]+", re.IGNORECASE),
    re.compile(rf"{_LOCAL}\s?(?:[@＠]|[(\[]\s?(?:at|apenstaartje)\s?[)\]])\s?{_HOST}", re.IGNORECASE),
    re.compile(rf"[@＠]\s?(?:[^\W{_HAN}]|[.-])+"),
    re.compile(r"(?:微信|wechat|qq|whatsapp|skype)\s*(?:号码?|id)?\s*[:：是]\s*[\w.+-]+", re.IGNORECASE),
    re.compile(r"\bI2P-[0-9A-Z]{4,}", re.IGNORECASE),
)


class Masker:
    """Masks what may tell who someone is. `known` are words that are no names (see `known_words`).

    Rather too much than too little: a word with a capital that is none of ours is taken for a name. What it cannot
    know are names in lower case, and in Chinese, that nothing around them announces.
    """

    def __init__(self, kb: KnowledgeBase, known: frozenset[str]) -> None:
        self._known = known
        self._gazetteer = gazetteer(kb)

    def mask(self, text: str) -> str:
        """The text with a mark for each address, number, reference and name."""
        kept = [(m.start, m.end) for m in self._gazetteer.find(text)]
        spans = [*_contacts(text), *_numbers(text)]
        spans += [*_chinese_names(text, kept), *_chinese_companies(text)]
        spans += self._names(text, kept, spans)
        return _replaced(text, spans)

    def _names(self, text: str, kept: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
        words = [m.span() for m in _WORD.finditer(text) if not _touches(m.span(), taken)]
        ours = [_touches(w, kept) for w in words]
        names = [not our and self._is_name(text[slice(*w)]) for w, our in zip(words, ours, strict=True)]
        self._presented(text, words, ours, names)
        _incorporated(text, words, ours, names)
        _neighbours(text, words, ours, names)
        return [w for w, name in zip(words, names, strict=True) if name]

    def _is_name(self, word: str) -> bool:
        return word.lower() != word and not self._knows(word)

    def _knows(self, word: str) -> bool:
        return all(form in self._known or len(form) == 1 for form in key(word))

    def _presented(self, text: str, words: Sequence[Span], ours: Sequence[bool], names: list[bool]) -> None:
        """What follows "my name is" or "we are"."""
        for pattern, surely in ((_announcing("naming"), True), (_announcing("presenting"), False)):
            for found in pattern.finditer(text.replace("’", "'")):
                end, certain = found.end(), surely
                for index in (i for i, w in enumerate(words) if w[0] >= found.end()):
                    word = text[slice(*words[index])]
                    if text[end : words[index][0]].strip(" :-") or ours[index]:
                        break
                    if word.lower() not in _data("particles"):
                        if not (self._may_be_name(word) or (certain and word.lower() not in _common_words())):
                            break
                        names[index], certain = True, False
                    end = words[index][1]

    def _may_be_name(self, word: str) -> bool:
        return not self._knows(word) or (word[0].isupper() and len(word) < LONG_WORD)


def known_words(kb: KnowledgeBase, examples: Iterable[Example]) -> frozenset[str]:
    """The words that are no names: those of the programme, its facts and examples, and common ones.

    Examples do name people, so what has a capital or stands in an off-topic one must be frequent.
    """
    data = lexicon("personal")
    words = Counter(
        (word.lower() if first == 0 and e.intent != "out-of-scope" else word, e.intent == "out-of-scope")
        for e in examples
        for first, word in enumerate(e.text.split())
    )
    texts = [w for (w, alien), count in words.items() if count >= COMMON or (w == w.lower() and not alien)]
    for topic in kb.topics.values():
        texts += [*topic.names.values(), *(a for group in topic.aliases.values() for a in group)]
        texts += [text for fact in topic.facts for text in fact.text.values()]
    texts += [*kb.programme.values(), *kb.confusable, *(w for group in data["kept"].values() for w in group)]
    texts += [*_common_words(), *(w for code in ("en", "nl") for w in lexicon("language")["chat"][code])]
    texts += [w for words in lexicon("language")["domain"].values() for w in words]
    return frozenset(form for word in {w for text in texts for w in _WORD.findall(str(text))} for form in key(word))


def _contacts(text: str) -> Iterator[Span]:
    for pattern in (*_CONTACT, _bare_address()):
        yield from (m.span() for m in pattern.finditer(text))


def _numbers(text: str) -> Iterator[Span]:
    for found in _SPACED_NUMBER.finditer(text):
        if not _PERIOD.fullmatch(found.group()):
            yield found.span()
    yield from (m.span() for m in _ALPHANUMERIC.finditer(text) if sum(map(str.isdigit, m.group())) >= LONG_NUMBER)


def _incorporated(text: str, words: Sequence[Span], ours: Sequence[bool], names: list[bool]) -> None:
    """The words before "NV" or "Ltd": all with a capital, or the one that stands there."""
    for index, (start, end) in enumerate(words):
        if text[start:end].lower().replace(".", "") not in _data("forms") or not index:
            continue
        names[index] = names[index - 1] = True
        for earlier in range(index - 2, -1, -1):
            if not text[words[earlier][0]].isupper() or not _side_by_side(text, words, earlier):
                break
            names[earlier] = names[earlier] or not ours[earlier]


def _neighbours(text: str, words: Sequence[Span], ours: Sequence[bool], names: list[bool]) -> None:
    """Words with a capital beside a name belong to it: "An Peeters". One that opens a sentence as ours do does not."""

    def belongs(index: int) -> bool:
        word = text[slice(*words[index])]
        return word[0].isupper() and not ours[index] and word.lower().replace("’", "'") not in _openers()

    for index in range(1, len(words)):
        if names[index - 1] and belongs(index) and _side_by_side(text, words, index - 1):
            names[index] = True
    for index in range(len(words) - 2, -1, -1):
        if names[index + 1] and belongs(index) and _side_by_side(text, words, index):
            names[index] = True


def _side_by_side(text: str, words: Sequence[Span], index: int) -> bool:
    return not text[words[index][1] : words[index + 1][0]].strip(" &.-")


def _chinese_names(text: str, kept: Sequence[Span]) -> Iterator[Span]:
    """People and companies by what announces them, and people by the title behind their name."""
    for pattern in _chinese_patterns():
        yield from (m.span("name") for m in pattern.finditer(_plain(text)) if not _touches(m.span("name"), kept))


def _chinese_companies(text: str) -> Iterator[Span]:
    """Companies by the form that ends their name. What stands before the name in the same breath stays."""
    before = re.compile("|".join(lexicon("personal")["zh_before"]))
    name = rf"(?P<name>[{_HAN}\w·（）()]{{2,30}}?)(?:{_either('zh_forms')})"
    for found in re.finditer(name, _plain(text)):
        start = max((found.start() + m.end() for m in before.finditer(found["name"])), default=found.start())
        if start < found.end("name"):
            yield start, found.end()


@cache
def _chinese_patterns() -> tuple[re.Pattern[str], ...]:
    data = lexicon("personal")
    surname = "(?:" + "|".join([*data["compound_surnames"], f"[{data['surnames']}]"]) + ")"
    given = f"(?:(?![{''.join(data['ends'])}])[{_HAN}·])"
    company = f"(?![{''.join(data['ends'])}])[{_HAN}\\w·（）]{{1,20}}"
    return (
        re.compile(f"(?:{_either('zh_naming')})[\\s:：]*(?P<name>{given}{{1,4}})"),
        re.compile(f"(?:{_either('zh_company')})[\\s:：]*(?P<name>{company})"),
        re.compile(f"(?:{_either('zh_presenting')})(?P<name>{surname}{given}{{1,2}})"),
        re.compile(f"(?P<name>{surname}{given}{{0,2}}?)(?:{'|'.join(data['zh_titles'])})"),
    )


def _plain(text: str) -> str:
    """Simplified characters, as long as the text, so that places stay right."""
    plain = simplified(text)
    return plain if len(plain) == len(text) else text


@cache
def _data(part: str) -> frozenset[str]:
    return frozenset(lexicon("personal")[part])


@cache
def _openers() -> frozenset[str]:
    """Words that questions begin with, or phrases before a name: "Kan", "I'm"."""
    groups = [lexicon("questions")["openers"], lexicon("personal")["naming"], lexicon("personal")["presenting"]]
    return frozenset(str(p).split()[0] for group in groups for phrases in group.values() for p in phrases)


@cache
def _common_words() -> frozenset[str]:
    return frozenset(w for code in ("en", "nl") for w in stopwordsiso.stopwords(code))


@cache
def _bare_address() -> re.Pattern[str]:
    endings = _either("domains")
    label = rf"(?:[^\W_{_HAN}]|-)+\."
    return re.compile(rf"(?<![^\W{_HAN}])(?:{label})+(?:{endings})(?![^\W{_HAN}])(?:/[^\s，。；、]*)?", re.IGNORECASE)


@cache
def _announcing(part: str) -> re.Pattern[str]:
    phrases = [re.escape(p) for group in lexicon("personal")[part].values() for p in group]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(phrases, key=len, reverse=True))})(?!\w)\.?", re.IGNORECASE)


def _either(part: str) -> str:
    return "|".join(sorted(lexicon("personal")[part], key=len, reverse=True))


def _touches(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _replaced(text: str, spans: Sequence[Span]) -> str:
    """Marks for the spans; one for several that only blanks, commas and the small words of names part."""
    pieces: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if end <= position:
            continue
        between = text[position : max(start, position)]
        joined = bool(pieces) and all(w.lower() in _data("particles") for w in between.strip(" -.,").split())
        pieces += [] if joined else [between, MARK]
        position = end
    return "".join([*pieces, text[position:]])
