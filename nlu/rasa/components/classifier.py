"""Which intent a text has, how sure that is, and whether it is ours at all."""

from __future__ import annotations

import json
import logging
import warnings
from dataclasses import asdict
from typing import Any, Dict, List, Optional, Sequence, Tuple, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from nlu.classifier import OUT_OF_SCOPE, Thresholds, likeness, softmax
from nlu.fitting import FOLDS, STRENGTH, folds, settle

log = logging.getLogger(__name__)
OFFERED = 10
"""Intents reported."""
ITERATIONS = 30
"""Of the solver; 60 take twice as long and get no more development questions right."""


class Weighing:
    """Turns Rasa's features into one matrix: TF-IDF of counts, centred meanings, flags of names."""

    def __init__(self, config: Dict[str, Any], rarity: Sequence[np.ndarray], centre: np.ndarray) -> None:
        self._config = config
        self._counts = [TfidfTransformer(sublinear_tf=True) for _ in rarity]
        for transformer, idf in zip(self._counts, rarity):
            transformer.idf_ = idf
        self.centre = centre

    @classmethod
    def fit(cls, config: Dict[str, Any], messages: List[Message]) -> Weighing:
        """Learn how rare each count is and what all meanings have in common."""
        counts = [_sparse(messages, name) for name in config["counts"]]
        rarity = [TfidfTransformer(sublinear_tf=True).fit(c).idf_ for c in counts]
        return cls(config, rarity, _dense(messages, config["meaning"]).mean(axis=0))

    @property
    def rarity(self) -> List[np.ndarray]:
        """Per kind of count, the inverse document frequencies."""
        return [t.idf_ for t in self._counts]

    def meanings(self, messages: List[Message]) -> np.ndarray:
        """Centred sentence vectors of length 1."""
        return normalize(_dense(messages, self._config["meaning"]) - self.centre)

    def matrix(self, messages: List[Message]) -> csr_matrix:
        """A row per message."""
        counts = [t.transform(_sparse(messages, n)) for t, n in zip(self._counts, self._config["counts"])]
        names = _sparse(messages, self._config["names"]) * self._config["names_weight"]
        meanings = csr_matrix(self.meanings(messages) * self._config["meaning_weight"])
        return hstack([*counts, names, meanings], format="csr", dtype=np.float32)


def _sparse(messages: List[Message], featurizer: str) -> csr_matrix:
    return vstack(
        [m.get_sparse_features(TEXT, [featurizer])[1].features for m in messages], format="csr", dtype=np.float32
    )


def _dense(messages: List[Message], featurizer: str) -> np.ndarray:
    return np.vstack([m.get_dense_features(TEXT, [featurizer])[1].features for m in messages])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CalibratedRegression(IntentClassifier, GraphComponent):
    """Logistic regression with calibrated confidences and a verdict on each text.

    Rasa's LogisticRegressionClassifier hides the regularisation, takes counts as they are and is always sure.
    Besides `intent` and `intent_ranking` a message gets `verdict`: sure, unsure or foreign.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Rasa's order: features first."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """The featurizers' aliases by the way in which they are weighed."""
        return {"counts": [], "names": None, "names_weight": 2.0, "meaning": None, "meaning_weight": 2.0}

    def __init__(self, config: Dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._weighing: Optional[Weighing] = None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CalibratedRegression:
        """A new, untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Choose the thresholds on held-out examples, fit on all of them, and keep the result."""
        messages = [e for e in training_data.intent_examples if e.get(TEXT)]
        intents = np.array([m.get(INTENT) for m in messages])
        self._weighing = Weighing.fit(self._config, messages)
        rows, meanings = self._weighing.matrix(messages), self._weighing.meanings(messages)
        self._thresholds = _thresholds(rows, meanings, intents)
        log.info(f"Verdicts hang on {self._thresholds}.")
        fitted = _fit(rows, intents)
        self._intents = [str(c) for c in fitted.classes_]
        self._weights = fitted.coef_.T.astype(np.float32)
        self._bias = fitted.intercept_.astype(np.float32)
        self._known = meanings[intents != OUT_OF_SCOPE].astype(np.float32)
        self._persist()
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Add intent, ranking and verdict to each message, in place."""
        if self._weighing is None or not messages:
            return messages
        scores = np.asarray(self._weighing.matrix(messages) @ self._weights + self._bias, dtype=float)
        confidences = softmax(scores / self._thresholds.temperature)
        alike = likeness(confidences, _nearest(self._weighing.meanings(messages), self._known), self._intents)
        for message, row, near in zip(messages, confidences, alike):
            ranking = [{"name": self._intents[i], "confidence": float(row[i])} for i in np.argsort(-row)[:OFFERED]]
            alien = float(row[self._intents.index(OUT_OF_SCOPE)])
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("out_of_scope", max(alien, 1 - float(near)), add_to_output=True)
            message.set("verdict", self._verdict(row, alien, float(near)), add_to_output=True)
        return messages

    def _verdict(self, confidences: np.ndarray, alien: float, near: float) -> str:
        limits = self._thresholds
        if alien >= limits.foreign or near < limits.novelty:
            return "foreign"
        best = max(c for c, name in zip(confidences, self._intents) if name != OUT_OF_SCOPE)
        return "sure" if best >= limits.sure else "unsure"

    def _persist(self) -> None:
        assert self._weighing is not None
        with self._storage.write_to(self._resource) as folder:
            # Arrays alone, no pickle: reading them can run nothing.
            np.savez(
                folder / "model.npz",
                *self._weighing.rarity,
                centre=self._weighing.centre,
                weights=self._weights,
                bias=self._bias,
                known=self._known,
            )
            told = {"intents": self._intents, "thresholds": asdict(self._thresholds)}
            (folder / "model.json").write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CalibratedRegression:
        """The component as it was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            with np.load(folder / "model.npz", allow_pickle=False) as arrays:
                rarity = [arrays[f"arr_{i}"] for i in range(len(config["counts"]))]
                component._weighing = Weighing(config, rarity, arrays["centre"])
                component._weights, component._bias = arrays["weights"], arrays["bias"]
                component._known = arrays["known"]
        component._intents = told["intents"]
        component._thresholds = Thresholds(**told["thresholds"])
        return component


def _fit(rows: csr_matrix, intents: np.ndarray) -> LogisticRegression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=STRENGTH, max_iter=ITERATIONS, class_weight="balanced").fit(rows, intents)


def _nearest(meanings: np.ndarray, known: np.ndarray) -> np.ndarray:
    return np.asarray((meanings @ known.T).max(axis=1), dtype=float)


def _thresholds(rows: csr_matrix, meanings: np.ndarray, intents: np.ndarray) -> Thresholds:
    """As `nlu.fitting.choose_thresholds`, on Rasa's features and on one fold of each kind."""
    names = sorted(set(intents))
    parts: List[Tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for number, held in enumerate(folds(meanings, intents)[::FOLDS], start=1):
        log.info(f"Checking on held-out texts, {number} of {FOLDS}.")
        fitted = _fit(rows[~held], intents[~held])
        scores = np.full((int(held.sum()), len(names)), -1e3)
        scores[:, [names.index(i) for i in fitted.classes_]] = fitted.decision_function(rows[held])
        ours = ~held & (intents != OUT_OF_SCOPE)
        parts.append((scores, _nearest(meanings[held], meanings[ours]), intents[held]))
    scores, nearest, truth = (np.concatenate(column) for column in zip(*parts))
    return settle(scores, nearest, truth, names)
