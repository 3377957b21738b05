"""What to say next: pure dialogue, from (state, event) to (state, effects)."""
