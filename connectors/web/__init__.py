"""The web channel: the HTTP contract, its WebSocket, and the widget that speaks it."""
