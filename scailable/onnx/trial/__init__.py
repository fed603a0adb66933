"""Trying a model on this machine: one run on real input, and how fast it is."""
