"""What the nouns of Skafos share: which organization, app and model a call means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scailable_api.skafos.api import organization as organization_api

from scailable.errors import ValidationError
from scailable.resources._async.resource import AsyncResource
from scailable.resources.skafos_place import place

if TYPE_CHECKING:
    from scailable.config import SkafosSettings
    from scailable.resources.skafos_place import AppRef, OrganizationRef, SkafosModelRef
    from scailable.runtime._async.transport import AsyncTransport
    from scailable.runtime.call import AsyncCaller
    from scailable.types import SkafosOrganization


class AsyncSkafosNoun(AsyncResource):
    """One noun of Skafos.

    Args:
        transport: reaches the services.
        settings: what a call means that does not say.
        caller: sends the calls in its place.

    >>> (await client.skafos.apps.organizations())[0].name
    'Analytical'
    """

    def __init__(
        self,
        transport: AsyncTransport,
        settings: SkafosSettings,
        caller: AsyncCaller | None = None,
    ) -> None:
        super().__init__(transport, caller)
        self._settings = settings

    def using(self, caller: AsyncCaller) -> Self:
        return type(self)(self.transport, self._settings, caller)

    async def organizations(self, *, timeout: float | None = None) -> list[SkafosOrganization]:
        """The organizations that the token opens.

        >>> [each.display_name for each in await client.skafos.organizations()]
        ['Analytical']
        """
        return await organization_api.list_organizations.asyncio(
            client=self.caller, timeout=timeout
        )

    async def _organization(
        self, organization: OrganizationRef | None, timeout: float | None
    ) -> str:
        """The organization of a path: as it was given or set, else the only one there is."""
        named = place(self._settings, organization).organization
        if named is not None:
            return named
        found = await self.organizations(timeout=timeout)
        if len(found) != 1:
            raise ValidationError(
                f"The token opens {len(found)} organizations, and nothing says which.",
                hint="Give the organization, or set SKAFOS_ORG_NAME.",
            )
        return str(found[0].id)

    async def _where(
        self,
        organization: OrganizationRef | None,
        app: AppRef | None,
        model: SkafosModelRef | None,
        timeout: float | None,
    ) -> tuple[str, str, str]:
        where = place(self._settings, organization, app, model)
        inside = where.need_model()
        return await self._organization(where.organization, timeout), *inside
