"""Licenses of the organisation's devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scailable_api.auth.api import license_ as license_api

from scailable.resources._async.page import AsyncPage
from scailable.resources._async.resource import AsyncResource
from scailable.resources.arguments import uuid_of
from scailable.resources.responses import AsyncWithResponse

if TYPE_CHECKING:
    import builtins

    from scailable.resources.arguments import LicenseRef
    from scailable.runtime.types import Response
    from scailable.types import License


class AsyncLicenses(AsyncResource):
    """Licenses of the organisation's devices; each new device comes with a trial license.

    >>> [license.device_uuid == device.uuid async for license in client.licenses.list()]
    [True]
    """

    @property
    def with_response(self) -> AsyncLicensesWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> license = await client.licenses.list().first()
        >>> (await client.licenses.with_response.get(license)).status
        200
        """
        return AsyncLicensesWithResponse(self)

    def list(
        self,
        *,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[License]:
        """The licenses of the organisation.

        Args:
            limit: most items in all.
            offset: items to skip.
            page_size: items of one request, 1 to 1000.
            timeout: seconds for each request.

        >>> await client.licenses.list().total
        1
        """

        async def fetch(offset: int, limit: int) -> Response[builtins.list[License]]:
            return await license_api.list_licenses.asyncio_detailed(
                client=self.caller, offset=offset, limit=limit, timeout=timeout
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def get(self, license: LicenseRef, *, timeout: float | None = None) -> License:
        """One license.

        Args:
            license: the object (also one of a device's `licenses`) or its UUID.

        Raises:
            NotFound: there is none of this UUID in the organisation.

        >>> license = await client.licenses.get(device.licenses[0])
        >>> license.agreement.kind
        'trial'
        """
        return await license_api.get_license.asyncio(
            uuid_of(license), client=self.caller, timeout=timeout
        )


class AsyncLicensesWithResponse(AsyncWithResponse[AsyncLicenses]):
    """The calls of `AsyncLicenses`, each giving a `Response`."""

    def __init__(self, licenses: AsyncLicenses) -> None:
        super().__init__(licenses)
        self.get = self._wrap(AsyncLicenses.get)
