"""The three calls of an upload to Skafos: complete in the end, cleaned up, or to be resumed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from scailable_api.skafos import models as schemas
from scailable_api.skafos.api import model_version as version_api

from scailable.errors import (
    ConnectionFailed,
    PermissionDenied,
    RateLimited,
    ScailableError,
    ServerError,
    UploadIncomplete,
)
from scailable.resources.arguments import given
from scailable.resources.threads import acall
from scailable.runtime.call import BytesBody

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from scailable.resources.skafos_archive import Archive
    from scailable.runtime._async.transport import AsyncTransport
    from scailable.runtime.call import AsyncCaller
    from scailable.types import ModelVersion

_TRANSIENT = (ConnectionFailed, ServerError, RateLimited)


class AsyncUpload:
    """One archive on its way to a model.

    Args:
        transport: puts the archive where it is told.
        caller: sends the calls to the service.
        where: organization, app and model, as names or ids.
        archive: what to send.
        timeout: seconds without progress after which a call fails.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        caller: AsyncCaller,
        where: tuple[str, str, str],
        archive: Archive,
        timeout: float | None,
    ) -> None:
        self._transport = transport
        self._caller = caller
        self._where = where
        self._archive = archive
        self._timeout = timeout

    async def start(
        self, description: str | None, on_start: Callable[[UUID], None] | None
    ) -> ModelVersion:
        """All three calls.

        Raises:
            UploadIncomplete: the connection broke or the service failed; it can be resumed.
        """
        body = schemas.VersionInput(filename=self._archive.name, description=given(description))
        begun = await version_api.create_version.asyncio(
            *self._where, client=self._caller, body=body, timeout=self._timeout
        )
        try:
            if on_start is not None:
                on_start(begun.model_version_id)
            await self._put(begun)
            return await self._complete(begun)
        except _TRANSIENT as error:
            raise self._incomplete(begun.model_version_id, error) from error
        except BaseException:  # Ctrl-C as well: nobody comes back for what it leaves
            with suppress(ScailableError):
                await version_api.delete_version.asyncio(
                    *self._where, str(begun.model_version_id), client=self._caller
                )
            raise

    async def resume(self, upload_id: UUID) -> ModelVersion:
        """What is left to do of an upload that broke off.

        Raises:
            UploadIncomplete: it broke off again.
        """
        try:
            kept = await version_api.get_version.asyncio(
                *self._where, str(upload_id), client=self._caller, timeout=self._timeout
            )
            if kept.completed_at is not None:
                return kept
            begun = await version_api.resume_version.asyncio(
                *self._where, str(upload_id), client=self._caller, timeout=self._timeout
            )
            # What is there already need not be sent again, if it is the same.
            same_size = kept.sha256 is not None and kept.size == self._archive.size
            if not same_size or await acall(self._archive.digest) != kept.sha256:
                await self._put(begun)
            return await self._complete(begun, kept.sha256)
        except _TRANSIENT as error:
            raise self._incomplete(upload_id, error) from error

    async def _put(self, begun: schemas.Upload) -> None:
        body = BytesBody(self._archive)
        try:
            await self._transport.put_url(begun.presigned_url, body, timeout=self._timeout)
        except PermissionDenied:
            # Its time may have run out before the archive was ready.
            renewed = await version_api.resume_version.asyncio(
                *self._where,
                str(begun.model_version_id),
                client=self._caller,
                timeout=self._timeout,
            )
            await self._transport.put_url(renewed.presigned_url, body, timeout=self._timeout)

    async def _complete(self, begun: schemas.Upload, kept: str | None = None) -> ModelVersion:
        sha256 = self._archive.sha256 or kept
        body = schemas.VersionCompletion(
            filepath=begun.filepath, sha256=given(sha256), size=self._archive.size
        )
        call = version_api.complete_version.build_request(
            *self._where, str(begun.model_version_id), body=body
        )
        # Repeating it changes nothing, so it may be sent again after a broken connection.
        call = replace(call, headers=(("Idempotency-Key", str(begun.model_version_id)),))
        reply = await self._caller.send(call, timeout=self._timeout)
        return version_api.complete_version.parse_response(reply)

    def _incomplete(self, upload_id: UUID, error: ScailableError) -> UploadIncomplete:
        return UploadIncomplete(
            f"The upload of {self._archive.name} broke off. {error.message}",
            upload_id=str(upload_id),
        )
