"""Channels: Telegram, Slack and the web; all channel I/O."""
