"""What the bot counts for Prometheus about coming in and going out."""

from prometheus_client import Counter, Gauge

CHANNEL_UP = Gauge("i2pcc_channel_up", "1 while a channel takes what is sent to it, else 0.", ["channel"])
UNDELIVERABLE = Counter("i2pcc_undeliverable", "Deliveries that were given up.", ["channel"])
SET_ASIDE = Counter("i2pcc_set_aside", "Updates that could not be handled and were set aside.", ["channel"])
DELIVERIES = Gauge(
    "i2pcc_deliveries", "What `deliveries` lists now: failed, set_aside, or waiting for over a minute.", ["state"]
)
