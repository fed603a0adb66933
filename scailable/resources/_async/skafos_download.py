"""Archives of Skafos to files and folders."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scailable_api.skafos.api import model_version as version_api

from scailable.archive.unpacking import insist_on_room, unpack
from scailable.errors import ValidationError
from scailable.resources.destination import already_there, place
from scailable.resources.skafos_archive import archive_name
from scailable.resources.skafos_place import place_of
from scailable.resources.threads import acall
from scailable.runtime._async.download import adownload

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from scailable.runtime._async.transport import AsyncTransport
    from scailable.types import ModelVersion

    OnProgress = Callable[[int, int | None], None]


async def save_archive(
    transport: AsyncTransport,
    version: ModelVersion,
    path: str | os.PathLike[str] | None,
    *,
    on_progress: OnProgress | None,
    timeout: float | None,
) -> Path:
    """Download an archive to a file, which appears once it is whole and its digest is right.

    Raises:
        ValidationError: the upload was not completed, or the folder has another file of its name.
        IntegrityError: what arrived is not what was uploaded; nothing was kept.
    """
    if version.version is None:
        raise ValidationError(
            f"The upload {version.id} was not completed, so there is no archive.",
            hint="Resume the upload, or take another version.",
        )
    destination = place(path, archive_name(version.name, version.filename))
    if await acall(already_there, destination, path, version.sha256):
        return destination
    where = place_of(version)
    request = version_api.download_version.build_request(
        str(where.organization), *where.need_model(), version=version.version
    )
    return await adownload(
        transport,
        request,
        destination,
        sha256=version.sha256,
        size=version.size,
        on_progress=on_progress,
        timeout=timeout,
    )


async def save_unpacked(
    transport: AsyncTransport,
    version: ModelVersion,
    folder: Path,
    *,
    on_progress: OnProgress | None = None,
    timeout: float | None = None,
) -> Path:
    """Download an archive and unpack it into a folder, which appears once it is whole.

    Raises:
        ValidationError: as `save_archive`; or the folder is there and not empty, or has no place.
        ArchiveRefused: the archive would do harm when it is unpacked.
    """
    insist_on_room(folder)  # before all of it is downloaded
    parent = folder.absolute().parent
    if not parent.is_dir():
        raise ValidationError(f"{folder} cannot be made: there is no folder {parent}.")
    # Beside the folder: the disk that has room for the one has it for the other.
    with tempfile.TemporaryDirectory(prefix=".skafos-", dir=parent) as beside:
        archive = await save_archive(
            transport,
            version,
            Path(beside, "archive.zip"),
            on_progress=on_progress,
            timeout=timeout,
        )
        await acall(unpack, archive, folder)
    return folder
