"""The card of a model in each of its forms."""

import json

from scailable.onnx.inspection.card import ModelCard


def rendered(card: ModelCard, form: str) -> str:
    """The card as `text`, `json`, `markdown` or `html`."""
    match form:
        case "html":
            from scailable.onnx.inspection.page import card_page

            return card_page(card)
        case "markdown":
            from scailable.onnx.inspection.markdown import card_markdown

            return card_markdown(card)
        case "json":
            return json.dumps(card.to_dict(), indent=2) + "\n"
        case _:
            from scailable.onnx.inspection.text import card_text

            return card_text(card)
