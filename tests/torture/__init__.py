"""Kills and outages, again and again: what the workflow survives (docs/reliability.md)."""
