"""Tokens of texts that mix Chinese and Latin script."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from knowledge.spelling import tokens


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MixedTokenizer(Tokenizer):
    """One token per Han character, else words, in the form in which the application compares names.

    Rasa's WhitespaceTokenizer loses Chinese in mixed texts; its JiebaTokenizer takes no other language.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """What Rasa's base class asks for: intents are not split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "+", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MixedTokenizer:
        """A new component."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """The tokens; a text without any, such as an emoji, is one."""
        text = message.get(attribute)
        return [Token(t.form, t.start, t.end) for t in tokens(text)] or [Token(text, 0)]
