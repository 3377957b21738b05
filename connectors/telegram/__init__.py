"""Telegram: private chats by long polling or webhook."""
