"""Coordinators in Slack."""
