"""Apply our corrections: OpenAPI Overlay data, each action with its reason and its source."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from scripts.regen.problem import Problem

if TYPE_CHECKING:
    from scripts.regen.document import Document


def apply(document: Document, overlay: bytes, source: str) -> tuple[Document, list[str]]:
    """The corrected document, and a note for each action that no longer does anything."""
    # Imported here: it takes most of a second and most services have no overlay.
    from oas_patch import apply_overlay, validate  # type: ignore[import-untyped]

    try:
        data = YAML(typ="safe", pure=True).load(overlay)
    except YAMLError as error:
        raise Problem(f"{source}: not YAML: {error}") from None
    verdict = validate(data, "sh")
    if verdict != "Validation successful":
        raise Problem(f"{source}: not an OpenAPI Overlay.\n{verdict}")
    notes = []
    for number, action in enumerate(data["actions"], 1):
        where = f"{source}: action {number} ({action['target']})"
        for key in ("description", "x-source"):
            if not str(action.get(key, "")).strip():
                raise Problem(
                    f"{where}: no {key}. Say why it is right and where that is known from."
                )
        before = copy.deepcopy(document)
        try:
            document = apply_overlay(document, {**data, "actions": [action]})
        except Exception as error:  # the library lets those of its JSONPath parser through
            raise Problem(f"{where}: {error}") from error
        if document == before:
            notes.append(
                f"{where}: changes nothing; remove it if the service has mended its document."
            )
    return document, notes
