"""The account of the user: register, sign in and out, details, password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scailable_api.auth import models as schemas
from scailable_api.auth.api import authentication as authentication_api
from scailable_api.auth.api import user as user_api

from scailable.resources._async.resource import AsyncResource
from scailable.resources.arguments import changes
from scailable.resources.responses import AsyncWithResponse
from scailable.resources.threads import acall
from scailable.runtime.types import UNSET, Unset

if TYPE_CHECKING:
    from scailable.resources.session import Session
    from scailable.runtime._async.transport import AsyncTransport
    from scailable.runtime.call import AsyncCaller
    from scailable.types import PasswordStrength, User


class AsyncAccount(AsyncResource):
    """The account of the user.

    >>> (await client.account.me()).email
    'ada@example.com'
    """

    def __init__(
        self, transport: AsyncTransport, session: Session, caller: AsyncCaller | None = None
    ) -> None:
        super().__init__(transport, caller)
        self._session = session

    def using(self, caller: AsyncCaller) -> Self:
        return type(self)(self.transport, self._session, caller)

    @property
    def with_response(self) -> AsyncAccountWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> (await client.account.with_response.me()).status
        200
        """
        return AsyncAccountWithResponse(self)

    async def register(
        self,
        email: str,
        password: str,
        name: str,
        company: str,
        *,
        phone_number: str | None = None,
        job_title: str | None = None,
        newsletter: bool = False,
        accept_eula: bool = True,
        timeout: float | None = None,
    ) -> User:
        """Make an account and an organisation, and sign in. Tokens are kept, the password is not.

        Args:
            email: address that signs in later.
            password: see `password_strength`.
            name: name of the user.
            company: name of the organisation to make.
            phone_number, job_title: left out when None.
            newsletter: True to receive the newsletter.
            accept_eula: registering accepts the end-user license agreement of the service, which
                refuses without.
            timeout: seconds for each of the two calls.

        Returns:
            the new user.

        Raises:
            APIStatusError: the service refused it, such as an address that is taken or a weak
                password; its `field` says which.

        >>> user = await client.account.register(
        ...     "grace@example.com", "seven-Quiet-otters-41", "Grace", "Otters"
        ... )
        >>> user.organisation.name
        'Otters'
        """
        body = schemas.RegisterInput(
            email=email,
            password=password,
            name=name,
            company=company,
            phone_number=UNSET if phone_number is None else phone_number,
            job_title=UNSET if job_title is None else job_title,
            newsletter_opt_in=newsletter,
            accept_eula=accept_eula,
        )
        reply = await user_api.register_user.asyncio(client=self.caller, body=body, timeout=timeout)
        await acall(self._session.start, reply.to_dict())
        return await user_api.get_user.asyncio(reply.uuid, client=self.caller, timeout=timeout)

    async def sign_in(
        self, email: str, password: str, *, keep: bool = True, timeout: float | None = None
    ) -> User:
        """Sign in. Tokens are kept for the profile and base URL of the client, the password is not.

        Args:
            email: address of the account.
            password: sent once.
            keep: ask the service for a long session.
            timeout: seconds for the call that reads who signed in.

        Returns:
            the user.

        Raises:
            Unauthenticated: address or password are wrong; tokens kept before stay.

        >>> user = await client.account.sign_in("ada@example.com", password)
        >>> user.name
        'Ada'
        """
        await acall(self._session.sign_in, email, password, keep=keep)
        return await self.me(timeout=timeout)

    async def sign_out(self) -> bool:
        """End the session at the service, and remove its tokens here whatever the service says.

        Returns:
            True when the service ended the session; False when it could not be told, or when
            nobody was signed in.

        >>> await client.account.sign_out()
        True
        """
        return await acall(self._session.sign_out)

    async def me(self, *, timeout: float | None = None) -> User:
        """Who is signed in.

        Raises:
            CredentialsError: nobody is.
            SessionExpired: the session has ended.

        >>> (await client.account.me()).organisation.name
        'Analytical'
        """
        uuid = await acall(self._session.user_uuid)
        return await user_api.get_user.asyncio(uuid, client=self.caller, timeout=timeout)

    async def update(
        self,
        *,
        name: str | Unset = UNSET,
        phone_number: str | Unset | None = UNSET,
        job_title: str | Unset | None = UNSET,
        newsletter: bool | Unset = UNSET,
        timeout: float | None = None,
    ) -> User:
        """Change details of the user. What is not given stays; None clears.

        Returns:
            the changed user.

        Raises:
            ValidationError: nothing was given.

        >>> (await client.account.update(job_title="Analyst")).job_title
        'Analyst'
        """
        fields = changes(
            name=name,
            phone_number=phone_number,
            job_title=job_title,
            newsletter_opt_in=newsletter,
        )
        uuid = await acall(self._session.user_uuid)
        return await user_api.update_user.asyncio(
            uuid, client=self.caller, body=schemas.UpdateUserInput(**fields), timeout=timeout
        )

    async def change_password(
        self, current: str, new: str, *, timeout: float | None = None
    ) -> None:
        """Set a new password.

        Raises:
            APIStatusError: the current password is wrong, or the new one is too weak.

        >>> await client.account.change_password(password, "nine-Calm-herons-52")
        """
        body = schemas.UpdatePasswordInput(current_password=current, new_password=new)
        await authentication_api.update_password.asyncio(
            client=self.caller, body=body, timeout=timeout
        )

    async def forgot_password(self, email: str, *, timeout: float | None = None) -> None:
        """Have a message sent with which a new password can be set.

        The service does not tell whether there is such an account.

        >>> await client.account.forgot_password("ada@example.com")
        """
        body = schemas.ForgotPasswordInput(email=email)
        await authentication_api.forgot_password.asyncio(
            client=self.caller, body=body, timeout=timeout
        )

    async def password_strength(
        self, password: str, *, timeout: float | None = None
    ) -> PasswordStrength:
        """Have the service judge a password, before it is set.

        Returns:
            `score` from 0 to 4, `strong` (whether it would be accepted), `message` and
            `suggestions`.

        >>> (await client.account.password_strength("password")).strong
        False
        """
        body = schemas.PasswordStrengthInput(password=password)
        return await authentication_api.password_strength.asyncio(
            client=self.caller, body=body, timeout=timeout
        )


class AsyncAccountWithResponse(AsyncWithResponse[AsyncAccount]):
    """The calls of `AsyncAccount`, each giving a `Response`."""

    def __init__(self, account: AsyncAccount) -> None:
        super().__init__(account)
        self.me = self._wrap(AsyncAccount.me)
        self.update = self._wrap(AsyncAccount.update)
        self.change_password = self._wrap(AsyncAccount.change_password)
        self.forgot_password = self._wrap(AsyncAccount.forgot_password)
        self.password_strength = self._wrap(AsyncAccount.password_strength)
