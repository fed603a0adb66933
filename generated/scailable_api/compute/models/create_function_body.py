from __future__ import annotations

import json

from attrs import define as _attrs_define

from scailable.runtime import codec as _codec
from scailable.runtime.call import Part as _Part

from ..types import File


@_attrs_define
class CreateFunctionBody:
    """What is said of the model, and the model.

    Attributes:
        data: What is said of a new function.
        file: The model file.
    """

    data: FunctionInput
    file: File

    def to_parts(self) -> tuple[_Part, ...]:
        """The parts of the multipart body: objects as JSON text in plain form fields, files as files."""
        parts: list[_Part] = []
        parts.append(_Part("data", json.dumps(_codec.plain(self.data)).encode()))
        parts.append(_Part("file", self.file.content(), self.file.file_name, self.file.mime_type))
        return tuple(parts)


from ..models.function_input import FunctionInput
