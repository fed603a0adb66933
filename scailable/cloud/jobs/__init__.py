"""Background work: bodies are registered by kind; the runner is in `runner.py`."""

from scailable.cloud.jobs.runner import Interrupted, Job, Jobs, body

__all__ = ["Interrupted", "Job", "Jobs", "body"]
