"""Making what understands and decides from the programme's content."""

from functools import cache

from threadpoolctl import threadpool_limits

from bot.content import Content, read_content
from bot.rasa import rasa_server
from bot.settings import Settings
from bot.turn import Engines
from dialogues.engine import Dialogue
from dialogues.forms import Form, load_forms
from dialogues.phrases import Phrases
from dialogues.texts import Texts
from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder
from nlu.embedded import EmbeddedInterpreter
from nlu.language import Detector
from nlu.masking import Masker
from nlu.searching import load_matcher, load_search
from nlu.types import Interpreter


def load_engines(settings: Settings, encoder: Encoder, content: Content | None = None) -> Engines:
    """Engines that know the content (default: read now); trains the classifier when names or examples changed.

    Raises KnowledgeError, which says what to mend in the content.
    """
    content = content or read_content(settings)
    kb = content.kb
    interpreter = _interpreter(settings, encoder, content)
    # Training gains from several cores; on one text the threads only wait for each other, spinning.
    threadpool_limits(1, "blas")
    detector = Detector(_proper_names(kb), content.vocabulary)
    dialogue = Dialogue(kb, *_words())
    cache_dir = settings.data_dir / "cache"
    search = load_search(kb, encoder, cache_dir)
    return Engines(
        kb, detector, interpreter, dialogue, load_matcher(kb, encoder, cache_dir), search, Masker(kb, content.known)
    )


@cache
def _words() -> tuple[Texts, Phrases, dict[str, Form]]:
    """The dialogue's own words and forms, as they were at the start: drafts under way rely on them."""
    return Texts.load(), Phrases.load(), load_forms()


def _interpreter(settings: Settings, encoder: Encoder, content: Content) -> Interpreter:
    cache_dir = settings.data_dir / "cache"
    embedded = EmbeddedInterpreter(content.kb, encoder, content.examples, cache_dir, content.questions, content.learnt)
    server = rasa_server(settings)
    if server is None:
        return embedded
    from nlu.rasa_interpreter import RasaInterpreter

    return RasaInterpreter(server, content.kb, content.examples, embedded)


def _proper_names(kb: KnowledgeBase) -> list[str]:
    """Names of places and of the programme: they tell nothing of a text's language."""
    places = [*kb.of_kind("region"), *kb.of_kind("province")]
    return [*kb.programme.values(), *(name for place in places for name in place.names.values())]
