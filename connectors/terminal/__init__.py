"""The terminal: the same conversation without a browser."""
