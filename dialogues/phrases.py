"""Words that are a command by themselves, in every language, as a coordinator wrote them down."""

import re
import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from knowledge.script import simplified
from knowledge.yaml_files import parse

_HAN = re.compile("[\u4e00-\u9fff]")
_CLAUSES = re.compile(r"[,.!;，。！；、]+")
SMALL_WORDS = set("of the and for van de den der het en naar voor in op te aan &".split())  # noqa: SIM905
"""Words that names write small."""
_WORD = re.compile(r"[^\W\d_][\w'’.-]*|&")
HELPERS = ("polite", "leaning", "pointing", "others", "sending")
"""Lists in the phrase files that are no commands."""
_STRONGER = (("affirm", "agree"), ("deny", "refuse"))
_HESITATION = {"affirm", "deny", "command:wait"}
"""What people say before the command that they mean: "no wait, back"."""
_NOISE = re.compile(r"[^\w\s/@.-]+", re.UNICODE)


def normal(text: str) -> str:
    """Folded for comparison: case, width, script, punctuation and spacing do not matter."""
    folded = simplified(unicodedata.normalize("NFKC", text)).casefold()
    return " ".join(_NOISE.sub(" ", folded).split()).strip(" .-")


def reads_like_a_name(text: str) -> bool:
    """Capitals as names have them, small words between: "Where Water Works BV", "Terug naar de Bron"."""
    words = _WORD.findall(text)
    if text.rstrip().endswith(("?", "？")) or not words or not all(w[0].isupper() for w in (words[0], words[-1])):
        return False
    return all(w[0].isupper() or w in SMALL_WORDS for w in words)


def weight(text: str) -> int:
    """Length in Latin letters; a Chinese character counts for three."""
    return sum(3 if "\u4e00" <= c <= "\u9fff" else 1 for c in text)


class Phrases:
    """Which command a whole text is, if it is one of the phrases written down for it."""

    def __init__(self, by_command: Mapping[str, list[str]]) -> None:
        self._command = {
            normal(phrase): command
            for command, phrases in by_command.items()
            if command not in HELPERS
            for phrase in phrases
            if normal(phrase)
        }
        self._pointing = frozenset(normal(p) for p in by_command.get("pointing", ()))
        self._leaning = tuple(normal(p) for p in by_command.get("leaning", ()))
        self._sending = frozenset(normal(p) for p in by_command.get("sending", ()))
        self._others = frozenset(normal(p) for p in by_command.get("others", ()))
        polite = sorted((normal(p) for p in by_command.get("polite", ())), key=len, reverse=True)
        self._before = tuple(p if _is_han(p) else f"{p} " for p in polite)
        self._behind = tuple(p if _is_han(p) else f" {p}" for p in polite)

    @classmethod
    def load(cls, root: Traversable | None = None) -> "Phrases":
        """Read `<language>.yml` files that map a command to its phrases."""
        root = root or files("dialogues") / "data" / "phrases"
        merged: dict[str, list[str]] = {}
        for entry in sorted(root.iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".yml"):
                for command, phrases in parse(entry.read_text(encoding="utf-8")).items():
                    merged.setdefault(command, []).extend(str(p) for p in phrases)
        return cls(merged)

    def command(self, text: str) -> str | None:
        """The command that the whole text is, polite words around it aside."""
        return self._whole(text) or self._parts(text)

    def _whole(self, text: str) -> str | None:
        plain = normal(text)
        behind = self._without_behind(plain)
        readings = (plain, behind, self._without_before(plain), self._without_before(behind))
        return next((self._command[r] for r in readings if r in self._command), None)

    def _parts(self, text: str) -> str | None:
        """ "Ja, dat klopt": each part says the same; "nee, ik ga niet akkoord": the plainer word counts."""
        parts = [self._whole(part) for part in _CLAUSES.split(text) if normal(part)]
        said = set(parts)
        if len(parts) > 1 and str(parts[-1]).startswith("command:") and set(parts[:-1]) <= _HESITATION:
            return parts[-1]
        plainer = next((strong for weak, strong in _STRONGER if said == {weak, strong}), None)
        return plainer or (said.pop() if len(said) == 1 else None)

    def denies(self, text: str) -> bool:
        """Whether a text opens with a no: "nee, toch niet", "不，先不撤"."""
        return self._whole(_CLAUSES.split(text.strip())[0]) in ("deny", "refuse")

    def leans(self, text: str) -> bool:
        """Whether a text opens like a continuation: "and …", "en …", "那…"."""
        plain = normal(text)
        return any(plain.startswith(w if _is_han(w) else w + " ") for w in self._leaning) or plain.endswith("呢")

    def points_back(self, text: str) -> bool:
        """Whether a word of the text stands for something named before: "its", "daar", "它"."""
        plain = normal(text)
        return any(w in plain if _is_han(w) else w in plain.split() for w in self._pointing)

    def only_points(self, text: str) -> bool:
        """Whether a text is nothing but words that continue and words that point back, at least one of these."""
        plain = normal(text)
        if not _is_han(plain):
            small = {word for phrase in self._leaning for word in phrase.split()}
            return self.points_back(plain) and set(plain.split()) <= small | self._pointing
        for word in sorted((*self._leaning, *self._pointing, "呢"), key=len, reverse=True):
            plain = plain.replace(word, "")
        return self.points_back(text) and not plain.strip()

    def sends(self, text: str) -> bool:
        """Whether a text is a yes that sends a form: "submit", "indienen", "提交"; without one it asks for it."""
        return normal(text) in self._sending

    def asks_for_others(self, text: str) -> bool:
        """Whether a text only asks for the others of a kind: "what about the others?"."""
        plain = normal(text).removesuffix("呢").strip()
        ahead = (plain.removeprefix(w).strip() for w in self._leaning if plain.startswith(w))
        return plain in self._others or any(rest in self._others for rest in ahead)

    def _without_before(self, plain: str) -> str:
        """Without the polite words before it."""
        if plain.startswith(self._before):
            for words in self._before:
                plain = plain.removeprefix(words).strip()
        return plain

    def _without_behind(self, plain: str) -> str:
        """Without the polite words behind it."""
        if plain.endswith(self._behind):
            for words in self._behind:
                plain = plain.removesuffix(words).strip()
        return plain


def _is_han(text: str) -> bool:
    return bool(_HAN.search(text))
