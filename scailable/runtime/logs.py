"""The logger "scailable": method, URL, status and time of requests; never a header or a body.

Set SCAILABLE_LOG=info (one line a call) or =debug (also every attempt) to see it on stderr.
"""

import logging
import os

from scailable.errors import ConfigError

logger = logging.getLogger("scailable")


def configure_from_environment() -> None:
    """Do what SCAILABLE_LOG asks; leaves logging alone when it is not set.

    Raises:
        ConfigError: it is neither debug nor info.
    """
    wish = os.environ.get("SCAILABLE_LOG", "").strip().lower()
    if not wish:
        return
    if wish not in ("debug", "info"):
        raise ConfigError(
            f"SCAILABLE_LOG is {wish!r}.", hint="Set SCAILABLE_LOG to debug or info, or unset it."
        )
    logger.setLevel(wish.upper())
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
