"""Understanding: language, intents and entities of a text, by two engines behind one protocol."""
