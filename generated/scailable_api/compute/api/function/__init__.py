"""The operations of one tag, one module each, imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import (
        create_function,
        create_linked_function,
        delete_function,
        get_function,
        list_available_pipelines,
        list_function_options,
        list_functions,
        list_functions_compatibility,
        list_source_info,
        update_function,
        update_function_link,
    )

__all__ = (
    "create_function",
    "create_linked_function",
    "delete_function",
    "get_function",
    "list_available_pipelines",
    "list_function_options",
    "list_functions",
    "list_functions_compatibility",
    "list_source_info",
    "update_function",
    "update_function_link",
)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
