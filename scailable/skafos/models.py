"""Versions of a model: upload, list, fetch and deploy, as skafos 0.3.0 names it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scailable.errors import BadRequest, IntegrityError, NotFound, UploadIncomplete
from scailable.skafos.exceptions import (
    DeployFailedError,
    DownloadFailedError,
    InvalidParamError,
    UploadFailedError,
)
from scailable.skafos.session import Where, session

if TYPE_CHECKING:
    import os
    from typing import Unpack

_LONGEST_DESCRIPTION = 255


def upload_version(
    files: str | list[str],
    description: str | None = None,
    verbose: bool = True,
    **kwargs: Unpack[Where],
) -> dict[str, Any]:
    """Put files into an archive and upload it as the next version of a model.

    Args:
        files: path of a file or folder, or a list of them; names in the archive are the paths as
            given. A single `.zip` is sent as it is.
        description: at most 255 characters.
        verbose: tell on standard output what was done.
        kwargs: `skafos_api_token`, `org_name`, `app_name`, `model_name`.

    Returns:
        `version`, `name`, `description` and `model` of the new version.

    Raises:
        InvalidTokenError: there is no token, or it is not accepted.
        InvalidParamError: an argument is wrong, or names what does not exist.
        UploadFailedError: the connection broke, or a file changed meanwhile.

    >>> version = models.upload_version("digits.onnx", verbose=False, **where)
    >>> version["version"], version["name"]
    (1, 'faces')
    """
    if not isinstance(files, str | list):
        raise InvalidParamError("The files are neither a path nor a list of paths.")
    if description is not None and not isinstance(description, str):
        raise InvalidParamError("The description is no text.")
    if len(description or "") > _LONGEST_DESCRIPTION:
        raise InvalidParamError(
            f"The description has {len(description or '')} characters, more than "
            f"{_LONGEST_DESCRIPTION}."
        )
    failures = {UploadIncomplete: UploadFailedError, IntegrityError: UploadFailedError}
    with session(kwargs, failures) as (client, place):
        uploaded = client.skafos.upload(files, description or None, keep_paths=True, **place)
    _say(verbose, f"Uploaded {uploaded.filename} as version {uploaded.version}.")
    shown = uploaded.to_dict()
    return {key: shown[key] for key in ("version", "description", "name", "model")}


def list_versions(**kwargs: Unpack[Where]) -> list[dict[str, Any]]:
    """The versions of a model, oldest first.

    Args:
        kwargs: as for `upload_version`.

    Returns:
        `version`, `name`, `updated_at` and `description` of each.

    Raises:
        InvalidTokenError, InvalidParamError: as `upload_version`.

    >>> models.list_versions(**where)
    []
    """
    with session(kwargs) as (client, place):
        found = [each.to_dict() for each in client.skafos.list(**place)]
    keys = ("version", "name", "updated_at", "description")
    return [{key: each[key] for key in keys} for each in found]


def fetch_version(
    version: int | None = None,
    path: str | os.PathLike[str] | None = None,
    *,
    unzip: bool = False,
    **kwargs: Unpack[Where],
) -> Path:
    """Download the archive of a version.

    Args:
        version: its number; the latest when None.
        path: the file to write; `<model>.zip` in the current folder when None. It must not be
            there yet.
        unzip: unpack it, into the folder `path`.
        kwargs: as for `upload_version`.

    Returns:
        the path of the file or folder.

    Raises:
        InvalidTokenError: as `upload_version`.
        InvalidParamError: the version is no number, or the file is there already.
        DownloadFailedError: there is no such version, or it did not arrive as it was uploaded.

    >>> version = models.upload_version("digits.onnx", verbose=False, **where)
    >>> models.fetch_version(1, **where).name
    'faces.zip'
    """
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise InvalidParamError("The version is not a number.")
    failures = {NotFound: DownloadFailedError, IntegrityError: DownloadFailedError}
    with session(kwargs, failures) as (client, place):
        found = client.skafos.get(version or "latest", **place)
        name = found.name if unzip or found.name.endswith(".zip") else f"{found.name}.zip"
        target = Path(name) if path is None else Path(path)
        if target.exists():
            raise InvalidParamError(
                f"{target} is there already.", hint="Move it away, or give another path."
            )
        return client.skafos.fetch(found, target, unzip=unzip)


def list_environments(**kwargs: Unpack[Where]) -> list[dict[str, Any]]:
    """The environments of a model, and what was deployed there.

    Args:
        kwargs: as for `upload_version`.

    Returns:
        each as the service writes it, without the keys that end in `id`.

    Raises:
        InvalidTokenError, InvalidParamError: as `upload_version`.

    >>> [each["name"] for each in models.list_environments(**where)]
    ['dev', 'prod']
    """
    with session(kwargs) as (client, place):
        found = [each.to_dict() for each in client.skafos.environments(**place)]
    return [_without_ids(each) for each in found]


def deploy_version(
    version: int | str = "latest", environment: str = "dev", **kwargs: Unpack[Where]
) -> None:
    """Make a version the current one of an environment.

    Args:
        version: its number, or `latest`.
        environment: `dev` or `prod`.
        kwargs: as for `upload_version`.

    Raises:
        InvalidTokenError, InvalidParamError: as `upload_version`.
        DeployFailedError: there is no such version or environment.

    >>> version = models.upload_version("digits.onnx", verbose=False, **where)
    >>> models.deploy_version("latest", "prod", **where)
    Deployed version 1 to prod.
    """
    if version != "latest" and (not isinstance(version, int) or isinstance(version, bool)):
        raise InvalidParamError("The version is neither a number nor 'latest'.")
    if not isinstance(environment, str):
        raise InvalidParamError("The environment is no text.")
    with session(kwargs, {BadRequest: DeployFailedError}) as (client, place):
        deployed = client.skafos.deploy(version, environment, **place)
    _say(True, f"Deployed version {deployed} to {environment}.")


def _without_ids(shown: dict[str, Any]) -> dict[str, Any]:
    """An object without the keys that end in `id`, also in its lists of objects."""
    return {
        key: [_without_ids(each) for each in value] if isinstance(value, list) else value
        for key, value in shown.items()
        if isinstance(value, list) or not key.endswith("id")
    }


def _say(wanted: bool, words: str) -> None:
    if wanted:
        sys.stdout.write(f"{words}\n")
