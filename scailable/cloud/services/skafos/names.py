"""Names of apps and models, which also stand in paths and name the files of archives."""

from scailable.cloud.kernel import Refused
from scailable.cloud.services.skafos.places import is_id


def checked(name: str, noun: str) -> str:
    """A new name, if it can be told from an id and from a step in a path.

    Raises:
        Refused: 422 when it cannot.
    """
    reason = None
    if is_id(name):
        reason = "has the form of an id, for which it would be taken."
    elif name.strip() != name or name.startswith("."):
        reason = "begins or ends with a blank, or begins with a dot."
    if reason:
        raise Refused(422, f"The name of the {noun} {reason}", field=("name", reason))
    return name
