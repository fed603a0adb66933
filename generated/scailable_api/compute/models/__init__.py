"""The types of the service. Each is imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .act_as_kind import ActAsKind
    from .add_link_data import AddLinkData
    from .available_pipeline import AvailablePipeline
    from .catalogue import Catalogue
    from .catalogue_input import CatalogueInput
    from .catalogue_reference import CatalogueReference
    from .code import Code
    from .configuration import Configuration
    from .create_function_body import CreateFunctionBody
    from .download import Download
    from .driver_details import DriverDetails
    from .edge_impulse_link import EdgeImpulseLink
    from .features import Features
    from .function import Function
    from .function_input import FunctionInput
    from .function_link_update import FunctionLinkUpdate
    from .function_summary import FunctionSummary
    from .function_update import FunctionUpdate
    from .message import Message
    from .message_field import MessageField
    from .named_tensor import NamedTensor
    from .open_api_document import OpenAPIDocument
    from .option import Option
    from .organisation import Organisation
    from .source import Source
    from .source_info import SourceInfo
    from .statistics import Statistics
    from .status import Status
    from .sync_information import SyncInformation
    from .update_function_body import UpdateFunctionBody

_MODULES = {
    "ActAsKind": ".act_as_kind",
    "AddLinkData": ".add_link_data",
    "AvailablePipeline": ".available_pipeline",
    "Catalogue": ".catalogue",
    "CatalogueInput": ".catalogue_input",
    "CatalogueReference": ".catalogue_reference",
    "Code": ".code",
    "Configuration": ".configuration",
    "CreateFunctionBody": ".create_function_body",
    "Download": ".download",
    "DriverDetails": ".driver_details",
    "EdgeImpulseLink": ".edge_impulse_link",
    "Features": ".features",
    "Function": ".function",
    "FunctionInput": ".function_input",
    "FunctionLinkUpdate": ".function_link_update",
    "FunctionSummary": ".function_summary",
    "FunctionUpdate": ".function_update",
    "Message": ".message",
    "MessageField": ".message_field",
    "NamedTensor": ".named_tensor",
    "OpenAPIDocument": ".open_api_document",
    "Option": ".option",
    "Organisation": ".organisation",
    "Source": ".source",
    "SourceInfo": ".source_info",
    "Statistics": ".statistics",
    "Status": ".status",
    "SyncInformation": ".sync_information",
    "UpdateFunctionBody": ".update_function_body",
}

__all__ = (
    "ActAsKind",
    "AddLinkData",
    "AvailablePipeline",
    "Catalogue",
    "CatalogueInput",
    "CatalogueReference",
    "Code",
    "Configuration",
    "CreateFunctionBody",
    "Download",
    "DriverDetails",
    "EdgeImpulseLink",
    "Features",
    "Function",
    "FunctionInput",
    "FunctionLinkUpdate",
    "FunctionSummary",
    "FunctionUpdate",
    "Message",
    "MessageField",
    "NamedTensor",
    "OpenAPIDocument",
    "Option",
    "Organisation",
    "Source",
    "SourceInfo",
    "Statistics",
    "Status",
    "SyncInformation",
    "UpdateFunctionBody",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
