"""The types of the service. Each is imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .act_as_kind import ActAsKind
    from .agreement import Agreement
    from .assignment import Assignment
    from .device import Device
    from .device_input import DeviceInput
    from .device_summary import DeviceSummary
    from .device_update import DeviceUpdate
    from .download import Download
    from .driver_details import DriverDetails
    from .function_assignment import FunctionAssignment
    from .group import Group
    from .group_assignment import GroupAssignment
    from .group_devices import GroupDevices
    from .group_input import GroupInput
    from .group_reference import GroupReference
    from .group_update import GroupUpdate
    from .license_ import License
    from .message import Message
    from .message_field import MessageField
    from .named_tensor import NamedTensor
    from .nx_ai import NxAI
    from .nx_function import NxFunction
    from .online_status import OnlineStatus
    from .open_api_document import OpenAPIDocument
    from .organisation import Organisation
    from .pipeline import Pipeline
    from .pipeline_chains_item import PipelineChainsItem
    from .pipelines_input import PipelinesInput
    from .source_device import SourceDevice
    from .statistics import Statistics
    from .status import Status
    from .supports import Supports
    from .system_device import SystemDevice
    from .system_device_v2 import SystemDeviceV2
    from .system_registered import SystemRegistered
    from .system_registration import SystemRegistration
    from .system_server import SystemServer
    from .system_source import SystemSource

_MODULES = {
    "ActAsKind": ".act_as_kind",
    "Agreement": ".agreement",
    "Assignment": ".assignment",
    "Device": ".device",
    "DeviceInput": ".device_input",
    "DeviceSummary": ".device_summary",
    "DeviceUpdate": ".device_update",
    "Download": ".download",
    "DriverDetails": ".driver_details",
    "FunctionAssignment": ".function_assignment",
    "Group": ".group",
    "GroupAssignment": ".group_assignment",
    "GroupDevices": ".group_devices",
    "GroupInput": ".group_input",
    "GroupReference": ".group_reference",
    "GroupUpdate": ".group_update",
    "License": ".license_",
    "Message": ".message",
    "MessageField": ".message_field",
    "NamedTensor": ".named_tensor",
    "NxAI": ".nx_ai",
    "NxFunction": ".nx_function",
    "OnlineStatus": ".online_status",
    "OpenAPIDocument": ".open_api_document",
    "Organisation": ".organisation",
    "Pipeline": ".pipeline",
    "PipelineChainsItem": ".pipeline_chains_item",
    "PipelinesInput": ".pipelines_input",
    "SourceDevice": ".source_device",
    "Statistics": ".statistics",
    "Status": ".status",
    "Supports": ".supports",
    "SystemDevice": ".system_device",
    "SystemDeviceV2": ".system_device_v2",
    "SystemRegistered": ".system_registered",
    "SystemRegistration": ".system_registration",
    "SystemServer": ".system_server",
    "SystemSource": ".system_source",
}

__all__ = (
    "ActAsKind",
    "Agreement",
    "Assignment",
    "Device",
    "DeviceInput",
    "DeviceSummary",
    "DeviceUpdate",
    "Download",
    "DriverDetails",
    "FunctionAssignment",
    "Group",
    "GroupAssignment",
    "GroupDevices",
    "GroupInput",
    "GroupReference",
    "GroupUpdate",
    "License",
    "Message",
    "MessageField",
    "NamedTensor",
    "NxAI",
    "NxFunction",
    "OnlineStatus",
    "OpenAPIDocument",
    "Organisation",
    "Pipeline",
    "PipelineChainsItem",
    "PipelinesInput",
    "SourceDevice",
    "Statistics",
    "Status",
    "Supports",
    "SystemDevice",
    "SystemDeviceV2",
    "SystemRegistered",
    "SystemRegistration",
    "SystemServer",
    "SystemSource",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
