"""Lists of functions, and the values that their filters take."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, exists, or_, select

from scailable.cloud.kernel import Answer, Context
from scailable.cloud.services.compute import ranges
from scailable.cloud.services.compute.routes import routes
from scailable.cloud.services.compute.shown import summaries
from scailable.cloud.services.lookup import containing, listed, page
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import (
    artefacts,
    function_catalogues,
    function_properties,
    functions,
)

_NIL = "00000000-0000-0000-0000-000000000000"

Condition = ColumnElement[bool]


@routes.handles("listFunctions")
def list_functions(ctx: Context) -> Answer:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        rows, total = page(ctx, scope, functions, _conditions(ctx.params))
        return listed(summaries(ctx, scope, rows), total)


@routes.handles("listFunctionsCompatibility")
def list_functions_compatibility(ctx: Context) -> Answer:
    return list_functions(ctx)


@routes.handles("listFunctionOptions")
def list_function_options(ctx: Context) -> list[dict[str, Any]]:
    properties = function_properties.c
    sources = {
        "Status": select(functions.c.status),
        "Catalogue": select(function_catalogues.c.catalogue_uuid),
        "SourceName": select(functions.c.source_name),
        "SourceUrl": select(functions.c.source_url),
        "RuntimeArch": select(artefacts.c.runtime_arch),
        "InputProperty": select(properties.property).where(properties.direction == "input"),
        "OutputProperty": select(properties.property).where(properties.direction == "output"),
    }
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return [
            {"Name": name, "Values": _values(scope, source)} for name, source in sources.items()
        ]


@routes.handles("listSourceInfo")
def list_source_info(ctx: Context) -> list[dict[str, Any]]:
    name, url = functions.c.source_name, functions.c.source_url
    occurring = or_(name.is_not(None), url.is_not(None))
    with ctx.cloud.store.read(ctx.organisation) as scope:
        rows = scope.rows(select(name, url).where(occurring).distinct().order_by(name, url))
    return [{"Name": row.source_name, "Url": row.source_url} for row in rows]


def _values(scope: Scope, statement: Select[Any]) -> list[str]:
    return sorted(row[0] for row in scope.rows(statement.distinct()) if row[0] is not None)


def _conditions(params: Mapping[str, Any]) -> list[Condition]:
    """What a function has to fulfil to pass every given filter."""
    plain = {
        "Status": functions.c.status,
        "SourceName": functions.c.source_name,
        "SourceUrl": functions.c.source_url,
    }
    result = [column == params[name] for name, column in plain.items() if name in params]
    result += containing(
        params.get("q"), functions.c.name, functions.c.alias, functions.c.documentation
    )
    if "Functions" in params:
        result.append(functions.c.uuid.in_(params["Functions"]))
    if "Catalogue" in params:
        result.append(_in_catalogue(params["Catalogue"]))
    if "LicensedCatalogue" in params:
        result.append(or_(*(_in_catalogue(uuid) for uuid in params["LicensedCatalogue"])))
    for name, column in (("Width", functions.c.width), ("Height", functions.c.height)):
        if name in params:
            result += _within(column, params[name])
    if "RuntimeArch" in params:
        file = artefacts.c
        result.append(
            exists().where(
                file.function_uuid == functions.c.uuid, file.runtime_arch == params["RuntimeArch"]
            )
        )
    for name, direction in (("InputProperty", "input"), ("OutputProperty", "output")):
        if name in params:
            result.append(_has_property(direction, params[name]))
    return result


def _in_catalogue(uuid: str) -> Condition:
    entry = exists().where(function_catalogues.c.function_uuid == functions.c.uuid)
    if uuid == _NIL:
        return ~entry
    return entry.where(function_catalogues.c.catalogue_uuid == uuid)


def _within(column: Column[int | None], text: str) -> list[Condition]:
    low, high = ranges.parse(text)
    result: list[Condition] = [column.is_not(None)]
    if low is not None:
        result.append(column >= low)
    if high is not None:
        result.append(column <= high)
    return result


def _has_property(direction: str, name: str) -> Condition:
    entry = function_properties.c
    return exists().where(
        entry.function_uuid == functions.c.uuid,
        entry.direction == direction,
        entry.property == name,
    )
