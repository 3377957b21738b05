"""Prints how many conversations there are, by theme and language."""

import sys
from collections import Counter
from pathlib import Path

from tests.scenarios.scripts import FOLDER

LANGUAGES = ("en", "nl", "zh")


def count(folder: Path) -> Counter[tuple[str, str]]:
    """The number of files by theme (the folder) and language (before the first underscore)."""
    return Counter((path.parent.name, path.name.partition("_")[0]) for path in folder.rglob("*.yml"))


def table(counted: Counter[tuple[str, str]]) -> str:
    """The numbers with their sums, as lines."""
    lines = [("theme", *LANGUAGES, "all")]
    for theme in sorted({theme for theme, _ in counted}):
        lines.append((theme, *_row([counted[theme, language] for language in LANGUAGES])))
    lines.append(("all", *_row([sum(n for (_, lang), n in counted.items() if lang == own) for own in LANGUAGES])))
    return "\n".join(f"{line[0]:12}" + "".join(f"{cell:>5}" for cell in line[1:]) for line in lines)


def _row(numbers: list[int]) -> list[str]:
    return [str(n) for n in (*numbers, sum(numbers))]


if __name__ == "__main__":
    sys.stdout.write(table(count(FOLDER)) + "\n")
