"""The functions of sclblpy 0.1.10, for code that was written for it: change only the import.

    import scailable.sclblpy as sp

    sp.log_in("ada@example.com", password)
    sp.upload_model("digits", "Ten digits.", "vision", path="digits.onnx")

Names, order and defaults of the arguments, and results, are those of sclblpy: True, a dict or a
list of plain values as the service wrote them on success, and False, None or something empty on
failure. What went wrong is logged to `scailable.sclblpy` and kept for `last_error`; set
`raise_errors` to have it raised. What differs:

* nothing is printed, and nothing asks for a password: a session that has ended is a failure;
* no password is stored; tokens are kept as the rest of this library keeps them;
* address, profile and so on come from the usual settings (`SCAILABLE_BASE_URL`, ...), and calls
  have time-outs and retries;
* `get_all_models`, `get_all_devices` and `get_groups` give all, not only the first page;
* `set_new_password` leaves it to the service to compare the current password.

New code is better off with `scailable.Client`.
"""

from __future__ import annotations

import functools
import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from scailable.client import Client
from scailable.errors import (
    APIStatusError,
    CredentialsError,
    ScailableError,
    Unauthenticated,
    ValidationError,
)
from scailable.runtime.decode import decode_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from scailable.runtime.call import Reply

P = ParamSpec("P")
T = TypeVar("T")

raise_errors = False
"""True raises what would otherwise be logged and turned into False, None or something empty."""

_log = logging.getLogger("scailable.sclblpy")
_lock = threading.Lock()
_seen = threading.local()
_client: Client | None = None
_made_by: int | None = None


def use(client: Client | None) -> None:
    """Have all functions use this client; None goes back to one made from the settings.

    >>> import scailable.sclblpy as sp
    >>> sp.use(client)
    >>> sp.get_user_details()["Name"]
    'Ada'
    """
    global _client, _made_by
    with _lock:
        if _client is not None and _made_by == os.getpid():
            _client.close()
        _client, _made_by = client, None


def last_error() -> Exception | None:
    """Why the last function that was called in this thread failed; None when it did not.

    >>> sp.get_model("6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11")
    {}
    >>> type(sp.last_error()).__name__
    'NotFound'
    """
    return getattr(_seen, "error", None)


def _current() -> Client:
    global _client, _made_by
    with _lock:
        # Connections must not be shared with the process that this one was forked from.
        if _client is None or _made_by not in (None, os.getpid()):
            _client, _made_by = Client(), os.getpid()
        return _client


def _on_failure(
    *,
    signed_out: Callable[[], Any],
    refused: Callable[[], Any],
    broken: Callable[[], Any],
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Turn errors into the results of sclblpy.

    Args:
        signed_out: makes the result when nobody is signed in.
        refused: when the service does not take what it was given.
        broken: when there was no answer, or the file cannot be read.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            _seen.error = None
            try:
                return function(*args, **kwargs)
            except ScailableError as error:
                _seen.error = error
                if raise_errors:
                    raise
                _log.error("%s failed: %s", function.__name__, error)
                if isinstance(error, CredentialsError | Unauthenticated):
                    result = signed_out
                elif isinstance(error, APIStatusError | ValidationError):
                    # sclblpy leaves every value to the service to refuse.
                    result = refused
                else:
                    result = broken
                return result()  # type: ignore[no-any-return]

        return call

    return decorate


def _none() -> None:
    return None


def _false() -> bool:
    return False


# What sclblpy gives when: nobody is signed in / the service refuses / there is no answer.
_details = _on_failure(signed_out=_none, refused=dict, broken=dict)
_models_list = _on_failure(signed_out=_none, refused=list, broken=list)
_written = _on_failure(signed_out=_false, refused=_none, broken=_false)
_checked = _on_failure(signed_out=_false, refused=_false, broken=_false)
_added = _on_failure(signed_out=_none, refused=_none, broken=_false)
_checked_if_signed_in = _on_failure(signed_out=_none, refused=_false, broken=_false)


def _get(path: str) -> Any:
    return decode_json(_reply(path))


def _reply(path: str, params: dict[str, Any] | None = None) -> Reply:
    """The answer to a GET, for which somebody has to be signed in."""
    from scailable.resources.raw import raw_call

    return _current().transport.send(raw_call("GET", path, params=params))


def _get_all(path: str) -> Any:
    """All items of a list, as the service wrote them."""
    from scailable.resources.pages import LARGEST_PAGE, Span, total_in

    span = Span(page_size=LARGEST_PAGE)
    items: list[Any] = []
    while True:
        params = {"Offset": len(items), "Limit": LARGEST_PAGE} if items else None
        reply = _reply(path, params)
        got = decode_json(reply)
        items += got
        total = total_in(reply.headers)
        if not span.more(len(items), asked=LARGEST_PAGE, got=len(got), total=total):
            return items


def _identifier(uuid: str) -> str:
    from scailable.resources.arguments import uuid_of

    return str(uuid_of(uuid))


# --- account -------------------------------------------------------------------------------------


@_checked
def register_(
    name: str,
    company: str,
    email: str,
    password: str,
    job_title: str | None = None,
    phone_number: str | None = None,
    newsletter_opt_in: bool = True,
    accept_eula: bool = True,
) -> bool:
    """Make an account and sign in.

    Returns:
        True; False when it failed.

    >>> sp.register_("Grace", "Otters", "grace@example.com", "seven-Quiet-otters-41")
    True
    """
    _current().account.register(
        email,
        password,
        name,
        company,
        phone_number=phone_number,
        job_title=job_title,
        newsletter=newsletter_opt_in,
        accept_eula=accept_eula,
    )
    return True


@_checked
def log_in(email: str, password: str) -> bool:
    """Sign in.

    Returns:
        True; False when it failed.

    >>> sp.log_in("ada@example.com", password)
    True
    """
    if not email or not password:
        raise ValidationError("An e-mail address and a password are needed to sign in.")
    _current().account.sign_in(email, password)
    return True


@_details
def get_user_details() -> dict[str, Any]:
    """Who is signed in.

    Returns:
        the user; None when nobody is signed in, {} when it failed.

    >>> sp.get_user_details()["Organisation"]["Name"]
    'Analytical'
    """
    found: dict[str, Any] = _get(f"/auth/user/{_current().session.user_uuid()}")
    return found


@_checked_if_signed_in
def log_out() -> bool:
    """End the session.

    Returns:
        True; None when nobody was signed in; False when the service could not be told.

    >>> sp.log_out()
    True
    """
    client = _current()
    client.account.me()
    return client.account.sign_out()


@_written
def set_new_password(current_password: str, new_password: str) -> bool:
    """Set a new password.

    Returns:
        True; None when the service refused it, else False.

    >>> sp.set_new_password(password, "nine-Calm-herons-52")
    True
    """
    _current().account.change_password(current_password, new_password)
    return True


@_added
def password_reset(email: str) -> bool:
    """Have a message sent with which a new password can be set.

    Returns:
        True, whether or not there is such an account; None or False when it failed.

    >>> sp.password_reset("ada@example.com")
    True
    """
    _current().account.forgot_password(email)
    return True


# --- models --------------------------------------------------------------------------------------


@_models_list
def get_all_models() -> list[dict[str, Any]]:
    """All models of the organisation.

    Returns:
        the models; None when nobody is signed in, [] when it failed.

    >>> [model["Name"] for model in sp.get_all_models()]
    ['digits']
    """
    found: list[dict[str, Any]] = _get_all("/cpt/functions")
    return found


@_details
def get_model(uuid: str) -> dict[str, Any]:
    """One model.

    Returns:
        the model; None when nobody is signed in, {} when it failed.

    >>> sp.get_model(str(model.uuid))["Status"]
    'ok'
    """
    found: dict[str, Any] = _get(f"/cpt/function/{_identifier(uuid)}")
    return found


@_written
def upload_model(
    name: str,
    documentation: str,
    input_driver: str,
    output_driver: str = "",
    input_driver_details: dict[str, Any] = {},  # noqa: B006
    output_driver_details: dict[str, Any] = {},  # noqa: B006
    alias: str = "",
    path: str = "",
    source_name: str | None = None,
    source_url: str | None = None,
) -> bool:
    """Upload an ONNX file as a new model, unchecked, as sclblpy does.

    Returns:
        True; None when the service refused it, else False.

    >>> sp.upload_model("sevens", "Finds sevens.", "vision", path=str(path))
    True
    """
    file = _onnx_file(path)
    _current().models.upload(
        file,
        name or file.stem,
        documentation=documentation or "-- EMPTY --",
        alias=alias,
        input_driver=input_driver,
        input_driver_details=input_driver_details,
        output_driver=output_driver,
        output_driver_details=output_driver_details,
        source_name=source_name,
        source_url=source_url,
        check=False,
    )
    return True


@_checked
def update_model(
    uuid: str,
    name: str,
    documentation: str,
    input_driver: str,
    output_driver: str,
    input_driver_details: dict[str, Any] = {},  # noqa: B006
    output_driver_details: dict[str, Any] = {},  # noqa: B006
    alias: str = "",
    path: str = "",
    source_name: str | None = None,
    source_url: str | None = None,
) -> bool:
    """Replace a model: its file and everything that is said of it, defaults included.

    `Client.models.update` changes only what is given, with or without a file.

    Returns:
        True; False when it failed.

    >>> sp.update_model(str(model.uuid), "digits", "Newer.", "vision", "", path=str(path))
    True
    """
    file = _onnx_file(path)
    _current().models.update(
        uuid,
        file=file,
        name=name or file.stem,
        documentation=documentation,
        alias=alias,
        input_driver=input_driver,
        input_driver_details=input_driver_details,
        output_driver=output_driver,
        output_driver_details=output_driver_details,
        source_name=source_name,
        source_url=source_url,
        check=False,
    )
    return True


class _NoFile(ScailableError):
    """There is no file to send."""


def _onnx_file(path: str) -> Path:
    if not path.endswith(".onnx") or not Path(path).is_file():
        raise _NoFile(
            f"{path or 'The empty path'} is not a .onnx file.",
            hint="To change a model without a new file, use Client().models.update(...).",
        )
    return Path(path)


@_checked_if_signed_in
def delete_model(uuid: str) -> bool:
    """Delete a model.

    Returns:
        True; None when nobody is signed in, False when it failed.

    >>> sp.delete_model(str(model.uuid))
    True
    """
    _current().models.delete(uuid)
    return True


@_added
def add_catalogue(name: str) -> bool:
    """Make a catalogue.

    Returns:
        True; None when the service refused it or nobody is signed in, else False.

    >>> sp.add_catalogue("Doors")
    True
    """
    _current().catalogues.create(name)
    return True


@_added
def update_catalogue(uuid: str, name: str) -> bool:
    """Give a catalogue another name.

    Returns:
        True; None when the service refused it or nobody is signed in, else False.

    >>> sp.update_catalogue(str(catalogue.uuid), "Gates")
    True
    """
    _current().catalogues.rename(uuid, name)
    return True


@_checked_if_signed_in
def delete_catalogue(uuid: str) -> bool:
    """Delete an empty catalogue.

    Returns:
        True; None when nobody is signed in, False when it failed.

    >>> sp.delete_catalogue(str(catalogue.uuid))
    True
    """
    _current().catalogues.delete(uuid)
    return True


@_details
def get_catalogue(uuid: str) -> dict[str, Any]:
    """One catalogue.

    Returns:
        the catalogue; None when nobody is signed in, {} when it failed.

    >>> sp.get_catalogue(str(catalogue.uuid))["Name"]
    'Demo'
    """
    found: dict[str, Any] = _get(f"/cpt/catalogue/{_identifier(uuid)}")
    return found


@_details
def get_all_catalogues() -> list[dict[str, Any]]:
    """All catalogues of the organisation.

    Returns:
        the catalogues; None when nobody is signed in, {} when it failed.

    >>> [catalogue["Name"] for catalogue in sp.get_all_catalogues()]
    ['Demo']
    """
    found: list[dict[str, Any]] = _get("/cpt/catalogues")
    return found


@_details
def models_statistics() -> dict[str, Any]:
    """Statistics of the models.

    Returns:
        the statistics; None when nobody is signed in, {} when it failed.

    >>> sp.models_statistics()["Total"]
    1
    """
    found: dict[str, Any] = _get("/cpt/functions/statistics")
    return found


@_details
def config_parameters() -> dict[str, Any]:
    """What the service accepts.

    Returns:
        the configuration; None when nobody is signed in, {} when it failed.

    >>> sp.config_parameters()["MaxUploadSize"] > 0
    True
    """
    found: dict[str, Any] = _get("/cpt/configuration")
    return found


# --- devices -------------------------------------------------------------------------------------


@_checked_if_signed_in
def add_device(
    name: str,
    registration_token: str | None = None,
    runtime: str | None = None,
    serial: str | None = None,
    type: str | None = None,
) -> bool:
    """Add a device.

    Returns:
        True; None when nobody is signed in, False when it failed.

    >>> sp.add_device("gate 2", serial="SN-7")
    True
    """
    _current().devices.create(
        name, registration_token=registration_token, runtime=runtime, serial=serial, type=type
    )
    return True


@_written
def update_device(
    uuid: str, name: str, runtime: str = "", serial: str = "", type: str = ""
) -> bool:
    """Change a device; what is left out becomes empty, as sclblpy does it.

    `Client.devices.update` changes only what is given.

    Returns:
        True; None when the service refused it, else False.

    >>> sp.update_device(str(device.uuid), "gate", serial="SN-8")
    True
    """
    _current().devices.update(uuid, name=name, runtime=runtime, serial=serial, type=type)
    return True


@_checked_if_signed_in
def delete_device(uuid: str) -> bool:
    """Delete a device.

    Returns:
        True; None when nobody is signed in, False when it failed.

    >>> sp.delete_device(str(device.uuid))
    True
    """
    _current().devices.delete(uuid)
    return True


@_written
def assign_model_to_device(uuid: str, function_uuid: str) -> bool:
    """Assign a model to a device.

    Args:
        uuid: of the device.
        function_uuid: of the model.

    Returns:
        True; None when the service refused it, else False.

    >>> sp.assign_model_to_device(str(device.uuid), str(model.uuid))
    True
    """
    _current().devices.assign(uuid, function_uuid)
    return True


@_details
def get_device(uuid: str) -> dict[str, Any]:
    """One device.

    Returns:
        the device; None when nobody is signed in, {} when it failed.

    >>> sp.get_device(str(device.uuid))["OnlineStatus"]["Online"]
    False
    """
    found: dict[str, Any] = _get(f"/dev/device/{_identifier(uuid)}")
    return found


@_details
def get_all_devices() -> list[dict[str, Any]]:
    """All devices of the organisation.

    Returns:
        the devices; None when nobody is signed in, {} when it failed.

    >>> [device["Name"] for device in sp.get_all_devices()]
    ['gate']
    """
    found: list[dict[str, Any]] = _get_all("/dev/devices")
    return found


@_details
def devices_statistics() -> dict[str, Any]:
    """Statistics of the devices.

    Returns:
        the statistics; None when nobody is signed in, {} when it failed.

    >>> sp.devices_statistics()["Total"]
    1
    """
    found: dict[str, Any] = _get("/dev/devices/statistics")
    return found


# --- groups --------------------------------------------------------------------------------------


@_added
def add_devices_to_group(uuid: str, devices: list[str]) -> bool:
    """Add devices to a group.

    Args:
        uuid: of the group.
        devices: UUIDs.

    Returns:
        True; None when the service refused it or nobody is signed in, else False.

    >>> sp.add_devices_to_group(str(group.uuid), [str(device.uuid)])
    True
    """
    _current().groups.add(uuid, *devices)
    return True


@_checked_if_signed_in
def delete_device_from_group(uuid_device: str, uuid_group: str) -> bool:
    """Take a device out of a group.

    Returns:
        True; None when nobody is signed in, False when it failed.

    >>> sp.add_devices_to_group(str(group.uuid), [str(device.uuid)])
    True
    >>> sp.delete_device_from_group(str(device.uuid), str(group.uuid))
    True
    """
    _current().groups.remove(uuid_group, uuid_device)
    return True


@_details
def get_groups() -> list[dict[str, Any]]:
    """All groups of the organisation.

    Returns:
        the groups; None when nobody is signed in, {} when it failed.

    >>> [group["Name"] for group in sp.get_groups()]
    ['Entrances']
    """
    found: list[dict[str, Any]] = _get_all("/dev/groups")
    return found


@_checked_if_signed_in
def delete_group(uuid: str) -> bool:
    """Delete a group.

    Returns:
        True; None when nobody is signed in, False when it failed.

    >>> sp.delete_group(str(group.uuid))
    True
    """
    _current().groups.delete(uuid)
    return True
