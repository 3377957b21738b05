"""The database: where it lives, its tables and their migrations."""
