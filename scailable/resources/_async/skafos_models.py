"""Models of Skafos, which hold versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scailable_api.skafos import models as schemas
from scailable_api.skafos.api import model as model_api

from scailable.resources._async.page import AsyncPage
from scailable.resources._async.skafos_noun import AsyncSkafosNoun
from scailable.resources.responses import AsyncWithResponse
from scailable.resources.skafos_place import place

if TYPE_CHECKING:
    import builtins

    from scailable.resources.skafos_place import AppRef, OrganizationRef, SkafosModelRef
    from scailable.runtime.types import Response
    from scailable.types import SkafosModel


class AsyncSkafosModels(AsyncSkafosNoun):
    """The models of an app.

    >>> model = await client.skafos.models.create("plates", app="doors")
    >>> model.name
    'plates'
    """

    @property
    def with_response(self) -> AsyncSkafosModelsWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> (await client.skafos.models.with_response.create("plates", app="doors")).status
        201
        """
        return AsyncSkafosModelsWithResponse(self)

    def list(
        self,
        *,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[SkafosModel]:
        """The models of an app, by name.

        Raises:
            ValidationError: nothing says which app.

        >>> [model.name async for model in client.skafos.models.list(app="doors")]
        ['faces']
        """
        where = place(self._settings, organization, app)
        app_name = where.need_app()

        async def fetch(offset: int, limit: int) -> Response[builtins.list[SkafosModel]]:
            owner = await self._organization(where.organization, timeout)
            return await model_api.list_models.asyncio_detailed(
                owner, app_name, client=self.caller, offset=offset, limit=limit, timeout=timeout
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def create(
        self,
        name: str,
        description: str = "",
        *,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> SkafosModel:
        """Make a model, which holds versions.

        Raises:
            NotFound: there is no such app.
            Conflict: the app has a model of this name.
            Unprocessable: the name cannot be one, since it also stands in paths.

        >>> model = await client.skafos.models.create("plates", app="doors")
        >>> model.name
        'plates'
        """
        where = place(self._settings, organization, app)
        app_name = where.need_app()
        owner = await self._organization(where.organization, timeout)
        body = schemas.ModelInput(name=name, description=description)
        return await model_api.create_model.asyncio(
            owner, app_name, client=self.caller, body=body, timeout=timeout
        )

    async def delete(
        self,
        model: SkafosModelRef,
        *,
        force: bool = False,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> None:
        """Delete a model that has no versions. Uploads that were not completed go with it.

        Args:
            force: delete its versions as well.

        Raises:
            Conflict: it still has versions.

        >>> model = await client.skafos.models.create("plates", app="doors")
        >>> await client.skafos.models.delete(model)
        """
        where = await self._where(organization, app, model, timeout)
        await model_api.delete_model.asyncio(
            *where, client=self.caller, force=force, timeout=timeout
        )


class AsyncSkafosModelsWithResponse(AsyncWithResponse[AsyncSkafosModels]):
    """The calls of `AsyncSkafosModels`, each giving a `Response`."""

    def __init__(self, models: AsyncSkafosModels) -> None:
        super().__init__(models)
        self.create = self._wrap(AsyncSkafosModels.create)
        self.delete = self._wrap(AsyncSkafosModels.delete)
