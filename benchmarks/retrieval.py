"""Fits the search over facts and measures it: `.venv/bin/python benchmarks/retrieval.py [--write]`, three minutes.

The weights are fitted on training questions that a classifier was unsure of which had not seen their like; the
score from which a hit is answered is the lowest that is right twice as often as wrong on the unsure questions of
nlu/data/dev. `--write` keeps both in knowledge/search.yml. The table shows what a person gets, without and with it.
"""

import asyncio
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.cluster import KMeans

from bot.engines import load_engines
from bot.ports import Incoming
from bot.settings import Settings
from bot.turn import Before, Turn
from dialogues.effects import Say
from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder
from knowledge.gazetteer import Gazetteer
from knowledge.search import Alike, FactSearch, Hit, Weights
from nlu.classifier import OUT_OF_SCOPE, Sample
from nlu.embedded import OFFERED, EmbeddedInterpreter, named_examples
from nlu.encoder import load_encoder
from nlu.fitting import fit
from nlu.training import LANGUAGES, Example, load_training, read_examples

KINDS = {
    "ours": lambda intent: intent != OUT_OF_SCOPE and not intent.startswith("unknown:"),
    "in no source": lambda intent: intent.startswith("unknown:"),
    "off-topic": lambda intent: intent == OUT_OF_SCOPE,
}
ENOUGH = 1000
"""Questions that the weights are fitted on."""
GROUPS = 4
"""Of like questions in each intent; half of them are held out at a time."""
PRECISION = 2 / 3
SETTINGS = Settings(data_dir=Path("var"))
TARGET = Path("knowledge/search.yml")
HEAD = """\
# How the search over facts weighs what it finds. Written by benchmarks/retrieval.py --write; see
# docs/decisions/0005-retrieval.md.
"""


@dataclass(frozen=True)
class Question:
    example: Example
    readings: dict[str, float]


class NoSearch:
    def search(self, text: str, readings: object) -> list[Hit]:
        return []


def main() -> None:
    encoder = load_encoder()
    engines = load_engines(SETTINGS, encoder)
    interpreter, search = engines.interpreter, engines.search
    dev = [e for c in LANGUAGES for e in read_examples(files("nlu") / "data" / "dev" / f"{c}.yml", c)]
    unsure = unsure_of(dev, interpreter)
    held = held_out(engines.kb, encoder, interpreter)
    print(f"{len(held)} unsure training questions, {len(unsure)} unsure of {len(dev)} development questions")
    search.weights = fitted(search, held)
    search.weights = search.weights.model_copy(update={"sure": threshold(search, unsure)})
    print(search.weights)
    for name, questions in (("training", held), ("development", unsure)):
        curve(name, search, questions)
    before, after = (
        [asyncio.run(outcome(Turn(e), example)) for example in dev]
        for e in (replace(engines, search=NoSearch()), engines)
    )
    table(dev, before, after)
    changed(dev, before, after)
    cost(search, unsure)
    if "--write" in sys.argv:
        lines = [f"{name}: {value}\n" for name, value in search.weights.model_dump().items()]
        TARGET.write_text(HEAD + "".join(lines), encoding="utf-8")


def unsure_of(examples: Sequence[Example], interpreter: EmbeddedInterpreter) -> list[Question]:
    read = [(e, interpreter.understand(e.text)) for e in examples]
    return [
        Question(e, {i.name: i.confidence for i in u.intents}) for e, u in read if u.verdict == "unsure" and u.intents
    ]


def held_out(kb: KnowledgeBase, encoder: Encoder, interpreter: EmbeddedInterpreter) -> list[Question]:
    """Training questions that are unsure for a classifier fitted on other groups of like questions."""
    examples = list(dict.fromkeys(load_training()))
    every = list(dict.fromkeys([*examples, *named_examples(kb)]))
    gazetteer, limits = Gazetteer(kb), interpreter.thresholds
    texts = [e.text for e in every]
    vectors = np.vstack([encoder.encode(texts[i : i + 256]) for i in range(0, len(texts), 256)])
    sample = Sample(texts, vectors, [gazetteer.find(t) for t in texts])
    intents = np.array([e.intent for e in every])
    group = np.zeros(len(every), int)
    for intent in np.unique(intents):
        rows = np.flatnonzero(intents == intent)
        group[rows] = KMeans(min(GROUPS, len(rows)), n_init=1, random_state=0).fit_predict(vectors[rows])
    questions = []
    for half in ((0, 1), (2, 3)):
        test = np.isin(group, half)
        model = fit(sample.take(np.flatnonzero(~test)), list(intents[~test]), sorted(kb.topics))
        rows = np.flatnonzero(test & (np.arange(len(every)) < len(examples)))
        for row, shares in zip(rows, model.confidences(sample.take(rows), limits.temperature), strict=True):
            ranked = dict(zip(model.intents, shares.tolist(), strict=True))
            alien = ranked.pop(OUT_OF_SCOPE)
            ranked = dict(sorted(ranked.items(), key=lambda r: -r[1])[:OFFERED])
            best = max(ranked.values())
            if alien < limits.foreign and limits.novelty <= best < limits.sure:
                questions.append(Question(every[row], ranked))
    return questions


def fitted(search: FactSearch, questions: Sequence[Question]) -> Weights:
    """The weights under which what is asked about is likeliest (conditional logit)."""
    drawn = np.random.default_rng(0).permutation(len(questions))[:ENOUGH]
    parts = [(questions[i], search.alike(questions[i].example.text)) for i in drawn]
    names = ("meaning", "words", "reading", "other", "none")

    def loss(values: np.ndarray) -> float:
        search.weights = Weights(**dict(zip(names, values.tolist(), strict=True)), sure=1.0)
        return -statistics.fmean(float(np.log(chance(search, q, alike))) for q, alike in parts)

    best = minimize(loss, [7, 9, 0.7, 2, 0.8], method="Nelder-Mead", options={"xatol": 0.05, "fatol": 1e-4})
    return Weights(**dict(zip(names, [round(v, 2) for v in best.x.tolist()], strict=True)), sure=1.0)


def chance(search: FactSearch, question: Question, alike: Alike) -> float:
    chances = search.chances(alike, question.readings)
    return max(chances.get(question.example.intent, 1 - sum(chances.values())), 1e-6)


def ranked(search: FactSearch, questions: Sequence[Question]) -> list[tuple[float, bool]]:
    """Scores of the first hits, best first, and whether they are right."""
    hits = [(search.search(q.example.text, q.readings)[0], q.example.intent) for q in questions]
    return sorted(((h.score, h.topic == intent) for h, intent in hits), reverse=True)


def threshold(search: FactSearch, questions: Sequence[Question]) -> float:
    """The lowest score from which PRECISION of the first hits are right."""
    scores = ranked(search, questions)
    precision = np.cumsum([right for _, right in scores]) / np.arange(1, len(scores) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    return scores[enough[-1]][0] if len(enough) else 1.0


def curve(name: str, search: FactSearch, questions: Sequence[Question]) -> None:
    """How many would be answered from a score on, and how many of those rightly."""
    scores = ranked(search, questions)
    for limit in (0.4, 0.5, search.weights.sure, 0.7, 0.8, 0.9):
        answered = [right for score, right in scores if score >= limit]
        print(f"{name} from {limit}: {len(answered)} of {len(scores)} answered, {np.mean(answered):.0%} of them right")


async def outcome(turn: Turn, example: Example) -> tuple[str, str, tuple[str, ...], str]:
    """Kind, first topic, buttons and text of the answer to a question that opens a conversation."""
    before = Before({"disclosed": True, "version": 1}, "assistant", 0, (), "I2P-XXXXXX")
    decision = await turn.decide(before, Incoming("web", "a", "b", "text", text=example.text))
    said = [e.message for e in decision.effects if isinstance(e, Say)][-1]
    return said.kind, (said.topics or ("",))[0], tuple(b.payload for b in said.buttons), said.text


def judged(example: Example, reply: tuple[str, str, tuple[str, ...], str]) -> str:
    kind, topic, buttons, _ = reply
    if kind == "decline" or topic == example.intent:
        return "declined" if kind == "decline" else "right"
    end = "asked back" if kind == "clarify" else "wrong"
    return f"{end}, right button" if example.intent in buttons else end


def table(examples: Sequence[Example], before: Sequence, after: Sequence) -> None:
    """Questions by what they get, without and with the search."""
    ends = ("right", "wrong, right button", "wrong", "asked back, right button", "asked back", "declined")
    print(f"\n{'':28}" + "".join(f"{end:>26}" for end in ends))
    for language in (*LANGUAGES, "all"):
        for kind, chosen in KINDS.items():
            rows = [i for i, e in enumerate(examples) if chosen(e.intent) and language in (e.language, "all")]
            counts = [Counter(judged(examples[i], replies[i]) for i in rows) for replies in (before, after)]
            cells = "".join(f"{f'{counts[0][end]} → {counts[1][end]}':>26}" for end in ends)
            print(f"{language:4} {kind:15} {len(rows):6}  {cells}")


def changed(examples: Sequence[Example], before: Sequence, after: Sequence) -> None:
    """What is said otherwise, to be read by a person: the fact must fit, not the topic alone."""
    for example, old, new in zip(examples, before, after, strict=True):
        if old != new:
            text = new[3].replace("\n", " ")
            print(f"\n{judged(example, new)}: {example.text} [{example.intent}]\n  {new[1]}: {text}\n  {new[2]}")


def cost(search: FactSearch, questions: Sequence[Question]) -> None:
    spent = []
    for question in questions:
        search.alike(question.example.text)
        began = time.thread_time()
        search.search(question.example.text, question.readings)
        spent.append(time.thread_time() - began)
    p95 = statistics.quantiles(spent, n=20)[18]
    print(f"\nsearch: median {statistics.median(spent) * 1000:.2f} ms, p95 {p95 * 1000:.2f} ms")


if __name__ == "__main__":
    main()
