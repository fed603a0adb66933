"""The types of the service. Each is imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .agreement import Agreement
    from .forgot_password_input import ForgotPasswordInput
    from .license_ import License
    from .message import Message
    from .message_field import MessageField
    from .open_api_document import OpenAPIDocument
    from .organisation import Organisation
    from .password_strength import PasswordStrength
    from .password_strength_input import PasswordStrengthInput
    from .refresh_input import RefreshInput
    from .refresh_input_grant_type import RefreshInputGrantType
    from .refresh_reply import RefreshReply
    from .register_input import RegisterInput
    from .register_reply import RegisterReply
    from .sign_in import SignIn
    from .sign_in_by_email import SignInByEmail
    from .sign_in_reply import SignInReply
    from .status import Status
    from .update_password_input import UpdatePasswordInput
    from .update_user_input import UpdateUserInput
    from .user import User

_MODULES = {
    "Agreement": ".agreement",
    "ForgotPasswordInput": ".forgot_password_input",
    "License": ".license_",
    "Message": ".message",
    "MessageField": ".message_field",
    "OpenAPIDocument": ".open_api_document",
    "Organisation": ".organisation",
    "PasswordStrength": ".password_strength",
    "PasswordStrengthInput": ".password_strength_input",
    "RefreshInput": ".refresh_input",
    "RefreshInputGrantType": ".refresh_input_grant_type",
    "RefreshReply": ".refresh_reply",
    "RegisterInput": ".register_input",
    "RegisterReply": ".register_reply",
    "SignIn": ".sign_in",
    "SignInByEmail": ".sign_in_by_email",
    "SignInReply": ".sign_in_reply",
    "Status": ".status",
    "UpdatePasswordInput": ".update_password_input",
    "UpdateUserInput": ".update_user_input",
    "User": ".user",
}

__all__ = (
    "Agreement",
    "ForgotPasswordInput",
    "License",
    "Message",
    "MessageField",
    "OpenAPIDocument",
    "Organisation",
    "PasswordStrength",
    "PasswordStrengthInput",
    "RefreshInput",
    "RefreshInputGrantType",
    "RefreshReply",
    "RegisterInput",
    "RegisterReply",
    "SignIn",
    "SignInByEmail",
    "SignInReply",
    "Status",
    "UpdatePasswordInput",
    "UpdateUserInput",
    "User",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
