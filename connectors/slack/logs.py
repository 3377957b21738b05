"""A logger for Slack's libraries that gives away neither tokens nor what people write."""

import logging
import re

_SECRET = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|ticket=[^&'\"\s)]+")


class _Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRET.sub("…", record.getMessage())
        record.args = ()
        record.exc_info = None
        return True


def sdk_logger() -> logging.Logger:
    """For slack_sdk and slack_bolt, which log whole bodies below WARNING whatever the level of ours."""
    logger = logging.getLogger("connectors.slack.sdk")
    logger.setLevel(logging.WARNING)
    if not logger.filters:
        logger.addFilter(_Discreet())
    return logger
