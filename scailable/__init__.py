"""From an ONNX file on a laptop to a fleet of edge devices.

    from scailable import Client

    with Client() as client:
        model = client.models.wait(client.models.upload("model.onnx"))

Names are imported when they are first used; `scripts/stubs.py` keeps the stub in step.
"""

from importlib import import_module

_NAMES = {
    "AsyncClient": "client",
    "Client": "client",
    "APIStatusError": "errors",
    "BadRequest": "errors",
    "BatchError": "errors",
    "ConfigError": "errors",
    "Conflict": "errors",
    "ConnectionFailed": "errors",
    "CredentialsError": "errors",
    "IntegrityError": "errors",
    "JobFailed": "errors",
    "MissingExtraError": "errors",
    "ModelRefused": "errors",
    "NotFound": "errors",
    "PermissionDenied": "errors",
    "RateLimited": "errors",
    "RequestTimeout": "errors",
    "ResponseParsingError": "errors",
    "ScailableError": "errors",
    "ServerError": "errors",
    "SessionExpired": "errors",
    "TLSFailed": "errors",
    "TooLarge": "errors",
    "Unauthenticated": "errors",
    "Unprocessable": "errors",
    "UploadIncomplete": "errors",
    "ValidationError": "errors",
    "WaitTimeout": "errors",
}
_MODULES = ("errors", "onnx", "sclblpy", "skafos", "types")

__all__ = ["__version__", *_NAMES, *_MODULES]


def __getattr__(name):  # type: ignore[no-untyped-def]  # the stub has the types
    if name in _NAMES:
        value = getattr(import_module(f"scailable.{_NAMES[name]}"), name)
    elif name in _MODULES:
        return import_module(f"scailable.{name}")
    elif name == "__version__":
        from importlib.metadata import version

        value = version("scailable")
    else:
        raise AttributeError(f"module 'scailable' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():  # type: ignore[no-untyped-def]
    return sorted({*globals(), *__all__})
