"""Which intent a text has, how sure that is, and whether it is ours at all."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from typing import Any, Dict, List, Optional, Sequence, Type

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
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from nlu.classifier import OUT_OF_SCOPE, Thresholds
from nlu.fitting import fit_network, hold_out, settle
from nlu.network import Network, softmax

log = logging.getLogger(__name__)
OFFERED = 10
"""Intents reported."""
HELD_OUT = "held_out"
"""Metadata of a question on which the thresholds are chosen (see nlu/rasa_data.py)."""
ARRAYS = ("hidden", "hidden_bias", "outer", "outer_bias")


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
class CalibratedNetwork(IntentClassifier, GraphComponent):
    """The embedded engine's network on Rasa's features, with calibrated confidences and a verdict on each text.

    Rasa's LogisticRegressionClassifier takes counts as they are and is always sure; DIET takes hours.
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
    ) -> CalibratedNetwork:
        """A new, untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples, choose the thresholds on the held-out questions, and keep the result."""
        messages = [e for e in training_data.intent_examples if e.get(TEXT)]
        held = np.array([_is_held_out(m) for m in messages])
        intents = np.array([m.get(INTENT) for m in messages])
        if not held.any():
            held = hold_out(list(intents))
        kept = [m for m, apart in zip(messages, held) if not apart]
        self._weighing = Weighing.fit(self._config, kept)
        self._network = fit_network(self._weighing.matrix(kept), list(intents[~held]))
        apart = np.flatnonzero(held & np.isin(intents, self._network.intents))
        scores = self._scores([messages[i] for i in apart])
        self._thresholds = settle(scores, intents[apart], list(self._network.intents))
        log.info(f"Verdicts hang on {self._thresholds}.")
        self._persist()
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Add intent, ranking and verdict to each message, in place."""
        if self._weighing is None or not messages:
            return messages
        names = self._network.intents
        confidences = softmax(self._scores(messages) / self._thresholds.temperature)
        for message, row in zip(messages, confidences):
            ranking = [{"name": names[i], "confidence": float(row[i])} for i in np.argsort(-row)[:OFFERED]]
            alien = sum(float(c) for c, name in zip(row, names) if name == OUT_OF_SCOPE)
            best = max(float(c) for c, name in zip(row, names) if name != OUT_OF_SCOPE)
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("out_of_scope", max(alien, 1 - best), add_to_output=True)
            message.set("verdict", self._thresholds.verdict(alien, best), add_to_output=True)
        return messages

    def _scores(self, messages: List[Message]) -> np.ndarray:
        assert self._weighing is not None
        return self._network.scores(self._weighing.matrix(messages) @ self._network.hidden)

    def _persist(self) -> None:
        assert self._weighing is not None
        arrays = {name: getattr(self._network, name) for name in ARRAYS}
        with self._storage.write_to(self._resource) as folder:
            # Arrays alone, no pickle: reading them can run nothing.
            np.savez(folder / "model.npz", *self._weighing.rarity, centre=self._weighing.centre, **arrays)
            told = {"intents": list(self._network.intents), "thresholds": asdict(self._thresholds)}
            (folder / "model.json").write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CalibratedNetwork:
        """The component as it was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            with np.load(folder / "model.npz", allow_pickle=False) as arrays:
                rarity = [arrays[f"arr_{i}"] for i in range(len(config["counts"]))]
                component._weighing = Weighing(config, rarity, arrays["centre"])
                component._network = Network(told["intents"], *(arrays[name] for name in ARRAYS))
        component._thresholds = Thresholds(**told["thresholds"])
        return component


def _is_held_out(message: Message) -> bool:
    return bool((message.get("metadata") or {}).get("example", {}).get(HELD_OUT))
