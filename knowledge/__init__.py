"""The programme as data: look-up, names in texts, matching of regions."""
