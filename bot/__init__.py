"""The application: settings, store, the turn, delivery and the command line."""
