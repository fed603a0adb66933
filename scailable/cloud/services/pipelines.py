"""Pipelines of cameras: which functions are in them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, select

from scailable.cloud.store import Scope
from scailable.cloud.store.tables import cameras

Pipeline = Mapping[str, Any]


def functions_in(pipelines: Sequence[Pipeline]) -> list[str]:
    """The functions of pipelines and of the chains behind them, each once, in order.

    >>> functions_in([{"modelUUID": "A", "chains": [{"modelUUID": "b"}]}, {"modelUUID": "a"}])
    ['a', 'b']
    """
    return list(dict.fromkeys(_walk(pipelines)))


def without(pipelines: Sequence[Pipeline], function: str) -> list[dict[str, Any]]:
    """Pipelines without those, and without the chains, that run a function.

    >>> without([{"modelUUID": "a", "chains": [{"modelUUID": "b"}]}, {"modelUUID": "b"}], "b")
    [{'modelUUID': 'a', 'chains': []}]
    """
    result = []
    for pipeline in pipelines:
        if str(pipeline.get("modelUUID", "")).lower() == function:
            continue
        kept = dict(pipeline)
        if isinstance(kept.get("chains"), list):
            kept["chains"] = without(kept["chains"], function)
        result.append(kept)
    return result


def mention(function: str) -> ColumnElement[bool]:
    """The condition that a camera's pipelines hold the UUID of a function anywhere."""
    return cast(cameras.c.pipelines, Text).icontains(function)


def forget(scope: Scope, function: str, now: datetime) -> None:
    """Take a function out of all pipelines."""
    for camera in scope.rows(select(cameras).where(mention(function))):
        scope.update(
            cameras,
            cameras.c.nx_id == camera.nx_id,
            cameras.c.system_uuid == camera.system_uuid,
            pipelines=without(camera.pipelines, function),
            updated_at=now,
        )


def _walk(pipelines: Sequence[Pipeline]) -> Iterator[str]:
    for pipeline in pipelines:
        if isinstance(pipeline.get("modelUUID"), str):
            yield pipeline["modelUUID"].lower()
        chains = pipeline.get("chains")
        if isinstance(chains, list):
            yield from _walk([chain for chain in chains if isinstance(chain, dict)])
