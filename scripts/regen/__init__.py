"""The steps of scripts/regenerate.py."""
