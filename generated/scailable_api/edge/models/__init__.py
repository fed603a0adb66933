"""The types of the service. Each is imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .announcement import Announcement
    from .announcement_input import AnnouncementInput
    from .assigned_model import AssignedModel
    from .assignment_list import AssignmentList
    from .credential import Credential
    from .credential_status import CredentialStatus
    from .driver_details import DriverDetails
    from .heartbeat import Heartbeat
    from .heartbeat_reply import HeartbeatReply
    from .message import Message
    from .message_field import MessageField
    from .model_state import ModelState
    from .model_state_state import ModelStateState
    from .named_tensor import NamedTensor
    from .open_api_document import OpenAPIDocument
    from .status import Status

_MODULES = {
    "Announcement": ".announcement",
    "AnnouncementInput": ".announcement_input",
    "AssignedModel": ".assigned_model",
    "AssignmentList": ".assignment_list",
    "Credential": ".credential",
    "CredentialStatus": ".credential_status",
    "DriverDetails": ".driver_details",
    "Heartbeat": ".heartbeat",
    "HeartbeatReply": ".heartbeat_reply",
    "Message": ".message",
    "MessageField": ".message_field",
    "ModelState": ".model_state",
    "ModelStateState": ".model_state_state",
    "NamedTensor": ".named_tensor",
    "OpenAPIDocument": ".open_api_document",
    "Status": ".status",
}

__all__ = (
    "Announcement",
    "AnnouncementInput",
    "AssignedModel",
    "AssignmentList",
    "Credential",
    "CredentialStatus",
    "DriverDetails",
    "Heartbeat",
    "HeartbeatReply",
    "Message",
    "MessageField",
    "ModelState",
    "ModelStateState",
    "NamedTensor",
    "OpenAPIDocument",
    "Status",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
