"""What every start of the assistant loads; to be imported by the process that the copies are made of."""

import connectors.slack.channel
import connectors.telegram.channel
import connectors.web.server  # noqa: F401
from bot.reloading import load_turn
from bot.settings import Settings
from tests.engines import CACHE

TURN = load_turn(Settings(data_dir=CACHE))
