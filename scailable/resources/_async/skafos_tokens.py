"""API tokens, with which programs use Skafos."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from scailable_api.skafos import models as schemas
from scailable_api.skafos.api import api_token as token_api

from scailable.resources._async.resource import AsyncResource
from scailable.resources.responses import AsyncWithResponse
from scailable.resources.skafos_place import id_of

if TYPE_CHECKING:
    import builtins

    from scailable.types import ApiToken, NewApiToken


class AsyncSkafosTokens(AsyncResource):
    """Your API tokens. They open Skafos and nothing else.

    >>> made = await client.skafos.tokens.create("nightly build")
    >>> [token.name for token in await client.skafos.tokens.list()]
    ['nightly build']
    """

    @property
    def with_response(self) -> AsyncSkafosTokensWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> (await client.skafos.tokens.with_response.create("nightly build")).status
        201
        """
        return AsyncSkafosTokensWithResponse(self)

    async def list(self, *, timeout: float | None = None) -> builtins.list[ApiToken]:
        """Your API tokens, without their secrets.

        >>> await client.skafos.tokens.list()
        []
        """
        return await token_api.list_tokens.asyncio(client=self.caller, timeout=timeout)

    async def create(self, name: str, *, timeout: float | None = None) -> NewApiToken:
        """Make an API token for a program; it opens Skafos until it is deleted.

        Args:
            name: what it is for.

        Returns:
            the token, in `token`, which no other call shows.

        Raises:
            PermissionDenied: you are not signed in, but use an API token yourself.

        >>> made = await client.skafos.tokens.create("nightly build")
        >>> made.name
        'nightly build'
        """
        body = schemas.ApiTokenInput(name=name)
        return await token_api.create_token.asyncio(client=self.caller, body=body, timeout=timeout)

    async def delete(
        self, token: ApiToken | NewApiToken | UUID | str, *, timeout: float | None = None
    ) -> None:
        """Delete an API token; it opens nothing any more.

        Args:
            token: the object or its id, not the token itself.

        >>> made = await client.skafos.tokens.create("nightly build")
        >>> await client.skafos.tokens.delete(made)
        >>> await client.skafos.tokens.list()
        []
        """
        identifier = token if isinstance(token, UUID | str) else token.id
        await token_api.delete_token.asyncio(id_of(identifier), client=self.caller, timeout=timeout)


class AsyncSkafosTokensWithResponse(AsyncWithResponse[AsyncSkafosTokens]):
    """The calls of `AsyncSkafosTokens`, each giving a `Response`."""

    def __init__(self, tokens: AsyncSkafosTokens) -> None:
        super().__init__(tokens)
        self.list = self._wrap(AsyncSkafosTokens.list)
        self.create = self._wrap(AsyncSkafosTokens.create)
        self.delete = self._wrap(AsyncSkafosTokens.delete)
