"""The device side: register, follow assignments, download, verify, infer (extra `edge`)."""

from scailable.edge.agent import Agent

__all__ = ["Agent"]
