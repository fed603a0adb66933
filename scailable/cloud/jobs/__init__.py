"""Background work; services register their bodies with `Routes.does`."""

from scailable.cloud.jobs.runner import Interrupted, Job, Jobs

__all__ = ["Interrupted", "Job", "Jobs"]
