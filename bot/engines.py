"""Loading what understands and decides: the programme's data, the examples, the models."""

import logging

from threadpoolctl import threadpool_limits

from bot.settings import Settings
from bot.turn import Engines
from dialogues.engine import Dialogue
from knowledge.base import KnowledgeBase, load
from knowledge.encoder import Encoder
from knowledge.matching import Matcher
from nlu.embedded import EmbeddedInterpreter
from nlu.language import Detector, vocabulary
from nlu.masking import Masker
from nlu.searching import load_search
from nlu.training import load_training

log = logging.getLogger(__name__)


def load_engines(settings: Settings, encoder: Encoder) -> Engines:
    """Read the knowledge base and the examples; trains the classifier when they changed.

    Raises KnowledgeError or TrainingError, which say what to mend.
    """
    if settings.nlu != "embedded":
        log.warning("I2PCC_NLU=%s: this release has the embedded engine alone, which answers instead", settings.nlu)
    kb, examples = load(settings.knowledge_dir), load_training(settings.training_dir)
    interpreter = EmbeddedInterpreter(kb, encoder, examples, settings.data_dir / "cache")
    # Training gains from several cores; on one text the threads only wait for each other, spinning.
    threadpool_limits(1, "blas")
    detector = Detector(_proper_names(kb), vocabulary(examples))
    search = load_search(kb, encoder, settings.data_dir / "cache")
    return Engines(kb, detector, interpreter, Dialogue(kb), Matcher(kb, encoder), search, Masker(kb, examples))


def _proper_names(kb: KnowledgeBase) -> list[str]:
    """Names of places and of the programme: they tell nothing of a text's language."""
    places = [*kb.of_kind("region"), *kb.of_kind("province")]
    return [*kb.programme.values(), *(name for place in places for name in place.names.values())]
