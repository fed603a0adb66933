"""What a handler knows about a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scailable.cloud.answers import Refused
from scailable.cloud.documents import Operation
from scailable.cloud.uploads import StoredUpload

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who makes a request, as its token says.

    A user has `user_uuid` and `session_id`; a device has `device_uuid`; a device that only
    announced itself has `announcement_uuid` and belongs to no organisation yet.
    """

    organisation_uuid: str | None
    user_uuid: str | None = None
    session_id: str | None = None
    device_uuid: str | None = None
    announcement_uuid: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Form:
    """The JSON part `data` of a multipart body, validated, and the file when one was sent.

    A body that is a file as a whole is the `file` alone.
    """

    data: Any = None
    file: StoredUpload | None = None


@dataclass(slots=True)
class Context:
    """What a handler knows about a request, validated against the document.

    Attributes:
        params: path, query and header parameters by the document's names; absent ones are absent.
        body: the JSON body, None when none was sent.
        form: the multipart body.
        principal: who asks; None on operations without security.
        address: the network address of the client.
        base_url: scheme and host as the client used them, without a slash at the end.
    """

    operation: Operation
    cloud: "Cloud"
    request_id: str
    address: str
    base_url: str
    params: dict[str, Any] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)
    form: Form = field(default_factory=Form, repr=False)
    principal: Principal | None = None

    @property
    def organisation(self) -> str:
        """The organisation on whose behalf the request is made.

        Raises:
            Refused: 403 when the caller belongs to none.
        """
        if self.principal is None or self.principal.organisation_uuid is None:
            raise Refused(403, "This call needs an organisation.")
        return self.principal.organisation_uuid
