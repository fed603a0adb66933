"""The operations of one tag, one module each, imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import (
        assign_functions,
        create_device,
        delete_device,
        get_device,
        list_assignments,
        list_devices,
        remove_device_from_group,
        unassign_function,
        update_device,
    )

__all__ = (
    "assign_functions",
    "create_device",
    "delete_device",
    "get_device",
    "list_assignments",
    "list_devices",
    "remove_device_from_group",
    "unassign_function",
    "update_device",
)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
