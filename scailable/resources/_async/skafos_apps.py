"""Apps of Skafos, which hold models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scailable_api.skafos import models as schemas
from scailable_api.skafos.api import app as app_api

from scailable.resources._async.page import AsyncPage
from scailable.resources._async.skafos_noun import AsyncSkafosNoun
from scailable.resources.responses import AsyncWithResponse
from scailable.resources.skafos_place import place

if TYPE_CHECKING:
    import builtins

    from scailable.resources.skafos_place import AppRef, OrganizationRef
    from scailable.runtime.types import Response
    from scailable.types import SkafosApp


class AsyncSkafosApps(AsyncSkafosNoun):
    """The apps of an organization.

    >>> app = await client.skafos.apps.create("gates")
    >>> app.name
    'gates'
    """

    @property
    def with_response(self) -> AsyncSkafosAppsWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> (await client.skafos.apps.with_response.create("gates")).status
        201
        """
        return AsyncSkafosAppsWithResponse(self)

    def list(
        self,
        *,
        organization: OrganizationRef | None = None,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[SkafosApp]:
        """The apps of an organization, by name.

        >>> [app.name async for app in client.skafos.apps.list()]
        ['doors']
        """

        async def fetch(offset: int, limit: int) -> Response[builtins.list[SkafosApp]]:
            owner = await self._organization(organization, timeout)
            return await app_api.list_apps.asyncio_detailed(
                owner, client=self.caller, offset=offset, limit=limit, timeout=timeout
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def create(
        self,
        name: str,
        description: str = "",
        *,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> SkafosApp:
        """Make an app, which holds models.

        Raises:
            Conflict: the organization has an app of this name.
            Unprocessable: the name cannot be one, since it also stands in paths.

        >>> app = await client.skafos.apps.create("gates", "What the gates run.")
        >>> app.name
        'gates'
        """
        owner = await self._organization(organization, timeout)
        body = schemas.AppInput(name=name, description=description)
        return await app_api.create_app.asyncio(
            owner, client=self.caller, body=body, timeout=timeout
        )

    async def delete(
        self,
        app: AppRef,
        *,
        force: bool = False,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> None:
        """Delete an app that holds no models.

        Args:
            force: delete the models and their versions as well.

        Raises:
            Conflict: it still holds some.

        >>> app = await client.skafos.apps.create("gates")
        >>> await client.skafos.apps.delete(app)
        """
        where = place(self._settings, organization, app)
        owner = await self._organization(where.organization, timeout)
        await app_api.delete_app.asyncio(
            owner, where.need_app(), client=self.caller, force=force, timeout=timeout
        )


class AsyncSkafosAppsWithResponse(AsyncWithResponse[AsyncSkafosApps]):
    """The calls of `AsyncSkafosApps`, each giving a `Response`."""

    def __init__(self, apps: AsyncSkafosApps) -> None:
        super().__init__(apps)
        self.create = self._wrap(AsyncSkafosApps.create)
        self.delete = self._wrap(AsyncSkafosApps.delete)
