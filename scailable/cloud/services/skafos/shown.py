"""Objects as they are sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

Shown = dict[str, Any]


def organization(row: Row[Any]) -> Shown:
    return {"id": row.uuid, "name": row.name, "display_name": row.name, **_times(row)}


def app(row: Row[Any], models: Mapping[str, Sequence[Row[Any]]] | None = None) -> Shown:
    """An app; with its models where those of each app are given."""
    shown = {
        "id": row.uuid,
        "organization_id": row.organisation_uuid,
        "name": row.name,
        "description": row.description,
        **_times(row),
    }
    if models is not None:
        shown["models"] = [model(each) for each in models.get(row.uuid, ())]
    return shown


def model(row: Row[Any]) -> Shown:
    return {
        "id": row.uuid,
        "app_id": row.app_uuid,
        "name": row.name,
        "description": row.description,
        "public": row.public,
        **_times(row),
    }


def version(row: Row[Any], of: Row[Any]) -> Shown:
    """A version of the model `of`, which has its `app_name`."""
    return {
        "id": row.uuid,
        "model_id": row.model_uuid,
        "version": row.version,
        "name": of.name,
        "description": row.description,
        "filename": row.filename,
        "filepath": None if row.completed_at is None else row.filepath,
        "sha256": row.digest,
        "size": row.size,
        "completed_at": row.completed_at,
        **_times(row),
        "model": {
            **model(of),
            "app": {
                "id": of.app_uuid,
                "organization_id": of.organisation_uuid,
                "name": of.app_name,
            },
        },
    }


def _times(row: Row[Any]) -> Shown:
    return {"inserted_at": row.inserted_at, "updated_at": row.updated_at}
