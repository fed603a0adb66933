from __future__ import annotations

import json

from attrs import define as _attrs_define

from scailable.runtime import codec as _codec
from scailable.runtime.call import Part as _Part

from ..types import UNSET, File, Unset


@_attrs_define
class UpdateFunctionBody:
    """Fields to change and, if wanted, a new model file.

    Attributes:
        data: Fields to change; a field left out stays as it is.
        file: The new model file.
    """

    data: FunctionUpdate
    file: File | Unset = UNSET

    def to_parts(self) -> tuple[_Part, ...]:
        """The parts of the multipart body: objects as JSON text in plain form fields, files as files."""
        parts: list[_Part] = []
        parts.append(_Part("data", json.dumps(_codec.plain(self.data)).encode()))
        if not isinstance(self.file, Unset):
            parts.append(
                _Part("file", self.file.content(), self.file.file_name, self.file.mime_type)
            )
        return tuple(parts)


from ..models.function_update import FunctionUpdate
