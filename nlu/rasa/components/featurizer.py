"""The meaning of a text, by the application's own sentence encoder."""

from __future__ import annotations

from typing import Any, Dict, List, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.encoder import UniversalEncoder

BATCH = 256


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """One vector of 512 numbers per text."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Rasa's order: tokens first."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Rasa's own."""
        return DenseFeaturizer.get_default_config()

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._encoder = UniversalEncoder()

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """A new component, with its weights loaded."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """There is nothing that could be wrong."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vector of every example."""
        self.process([e for e in training_data.training_examples if e.get(TEXT)])
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the vector of every message, in place."""
        for start in range(0, len(messages), BATCH):
            part = messages[start : start + BATCH]
            for message, vector in zip(part, self._encoder.encode([m.get(TEXT) for m in part])):
                message.add_features(Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, self._config["alias"]))
        return messages
