"""Fetches the model of a project on Edge Impulse."""

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path

from scailable.cloud.uploads import StoredUpload

_BLOCK = 1 << 20


class FetchFailed(Exception):
    """The model was not fetched; the text says why, for its owner, and holds no key."""


def fetch(
    url: str, project: int, key: str, path: Path, *, max_size: int, timeout: float
) -> StoredUpload:
    """Download the newest ONNX model of a project.

    Args:
        url: address with `{project}` where its number goes.
        project: number of the project.
        key: API key of the project.
        path: where the file goes; there is none yet.
        max_size: largest file to take, in bytes.
        timeout: longest time to wait for the platform to send anything, in seconds.

    Raises:
        FetchFailed: the platform refused or cannot be reached, or the file is too large; no file
            is left behind.
    """
    request = urllib.request.Request(url.format(project=project))  # noqa: S310 (url is a setting)
    # Not sent along when the platform redirects to where its files are.
    request.add_unredirected_header("x-api-key", key)
    size, digest = 0, hashlib.sha256()
    try:
        with (
            urllib.request.urlopen(request, timeout=timeout) as reply,  # noqa: S310
            path.open("xb") as file,
        ):
            while block := reply.read(_BLOCK):
                size += len(block)
                if size > max_size:
                    raise FetchFailed(f"Edge Impulse sent a model of more than {max_size} bytes.")
                digest.update(block)
                file.write(block)
            if reply.headers["Content-Length"] not in (None, str(size)):
                raise FetchFailed("Edge Impulse sent only a part of the model.")
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, urllib.error.HTTPError):
            raise FetchFailed(f"Edge Impulse answered with status {error.code}.") from error
        if isinstance(error, OSError | http.client.HTTPException):
            raise FetchFailed("Edge Impulse cannot be reached.") from error
        raise
    return StoredUpload(path, f"{project}.onnx", size, digest.hexdigest(), "application/x-onnx")
