"""Correcting what keeps a model from being fit, in a new file."""
