"""Written here once, as async code; `scripts/twins.py` makes the sync twins in `_sync`."""
