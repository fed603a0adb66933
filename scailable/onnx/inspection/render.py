"""The card of a model in each of its forms."""

import json

from scailable.onnx.inspection.card import ModelCard


def rendered(card: ModelCard, form: str) -> str:
    """The card as `text`, `json`, `markdown` or `html`."""
    match form:
        case "html":
            return card.html()
        case "markdown":
            return card.markdown()
        case "json":
            return json.dumps(card.to_dict(), indent=2) + "\n"
        case _:
            return card.text()
