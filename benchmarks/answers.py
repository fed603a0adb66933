"""What an embedded cloud says of a model, for a small server to repeat."""

import functools
import json
from pathlib import Path

from benchmarks.served import cloud
from scailable import Client

MODEL = Path(__file__).parent.parent / "examples" / "digits" / "digits.onnx"


def one_model() -> bytes:
    """The answer that describes one model."""
    return _answers()[0]


def hundred_models() -> bytes:
    """The answer that lists a hundred models."""
    return _answers()[1]


@functools.cache
def _answers() -> tuple[bytes, bytes]:
    """What a cloud says of one model, and of a hundred."""
    with cloud() as (url, token), Client(base_url=url, token=token, timeout=60) as client:
        model = client.models.wait(client.models.upload(MODEL))
        one = client.request("GET", f"/cpt/function/{model.uuid}").content
        [summary] = json.loads(client.request("GET", "/cpt/functions").content)
    return one, json.dumps([summary] * 100).encode()
