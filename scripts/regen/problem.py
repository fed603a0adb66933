"""The one exception of the pipeline."""


class Problem(Exception):
    """Something stands in the way; the text says what, where and what to do."""
