"""Catalogues: named sets of models."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scailable_api.compute import models as schemas
from scailable_api.compute.api import catalogue as catalogue_api

from scailable.resources._async.page import AsyncPage
from scailable.resources._async.resource import AsyncResource
from scailable.resources.arguments import uuid_of
from scailable.resources.responses import AsyncWithResponse

if TYPE_CHECKING:
    import builtins

    from scailable.resources.arguments import CatalogueRef
    from scailable.runtime.types import Response
    from scailable.types import Catalogue


class AsyncCatalogues(AsyncResource):
    """Named sets of models. A model can be in several, or in none.

    >>> catalogue = await client.catalogues.create("Doors")
    >>> model = await client.models.update(model, catalogues=[catalogue])
    >>> await client.models.list(catalogue=catalogue).total
    1
    """

    @property
    def with_response(self) -> AsyncCataloguesWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> (await client.catalogues.with_response.get(catalogue)).status
        200
        """
        return AsyncCataloguesWithResponse(self)

    def list(self, *, timeout: float | None = None) -> AsyncPage[Catalogue]:
        """The catalogues of the organisation. The service gives them all in one answer.

        >>> [catalogue.name async for catalogue in client.catalogues.list()]
        ['Demo']
        """

        async def fetch(offset: int, limit: int) -> Response[builtins.list[Catalogue]]:
            response = await catalogue_api.list_catalogues.asyncio_detailed(
                client=self.caller, timeout=timeout
            )
            # The service takes no offset here.
            return replace(response, parsed=response.parsed[offset:])

        return AsyncPage(fetch)

    async def get(self, catalogue: CatalogueRef, *, timeout: float | None = None) -> Catalogue:
        """One catalogue, as the service has it now.

        Args:
            catalogue: the object or its UUID.

        Raises:
            NotFound: there is none of this UUID in the organisation.

        >>> (await client.catalogues.get(catalogue.uuid)).name
        'Demo'
        """
        return await catalogue_api.get_catalogue.asyncio(
            uuid_of(catalogue), client=self.caller, timeout=timeout
        )

    async def create(self, name: str, *, timeout: float | None = None) -> Catalogue:
        """Make a catalogue.

        >>> (await client.catalogues.create("Doors")).name
        'Doors'
        """
        return await catalogue_api.create_catalogue.asyncio(
            client=self.caller, body=schemas.CatalogueInput(name=name), timeout=timeout
        )

    async def rename(
        self, catalogue: CatalogueRef, name: str, *, timeout: float | None = None
    ) -> Catalogue:
        """Give a catalogue another name.

        Returns:
            the renamed catalogue, read in a second call: the service answers only "Done".

        >>> (await client.catalogues.rename(catalogue, "Gates")).name
        'Gates'
        """
        uuid = uuid_of(catalogue)
        await catalogue_api.update_catalogue.asyncio(
            uuid, client=self.caller, body=schemas.CatalogueInput(name=name), timeout=timeout
        )
        return await catalogue_api.get_catalogue.asyncio(uuid, client=self.caller, timeout=timeout)

    async def delete(self, catalogue: CatalogueRef, *, timeout: float | None = None) -> None:
        """Delete a catalogue.

        Raises:
            Conflict: there are models in it.

        >>> await client.catalogues.delete(catalogue)
        """
        await catalogue_api.delete_catalogue.asyncio(
            uuid_of(catalogue), client=self.caller, timeout=timeout
        )


class AsyncCataloguesWithResponse(AsyncWithResponse[AsyncCatalogues]):
    """The calls of `AsyncCatalogues`, each giving a `Response`."""

    def __init__(self, catalogues: AsyncCatalogues) -> None:
        super().__init__(catalogues)
        self.get = self._wrap(AsyncCatalogues.get)
        self.create = self._wrap(AsyncCatalogues.create)
        self.rename = self._wrap(AsyncCatalogues.rename)
        self.delete = self._wrap(AsyncCatalogues.delete)
