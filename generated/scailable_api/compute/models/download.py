from __future__ import annotations

import datetime
from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Download:
    """A file of the function that can be fetched.

    Attributes:
        mime_type: Media type with its parameters, such as application/x-onnx; device=cpu.
        url: Signed address, valid for a short time; no token is needed or wanted.
        size: Size in bytes.
        sha256: Digest of the content in lower-case hexadecimal.
        runtime_arch: Runtime that the file was made for; null for any.
        expires_at: When the address stops working.
    """

    mime_type: str
    url: str = _attrs_field(repr=False)
    size: int
    sha256: str
    runtime_arch: None | str
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["MimeType"] = self.mime_type
        result["URL"] = self.url
        result["Size"] = self.size
        result["SHA256"] = self.sha256
        result["RuntimeArch"] = _codec.plain(self.runtime_arch)
        result["ExpiresAt"] = self.expires_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Download:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "MimeType"
            v_mime_type = src_dict["MimeType"]
            if type(v_mime_type) is not str:
                raise _codec.wrong(str, v_mime_type)
            at = "URL"
            v_url = src_dict["URL"]
            if type(v_url) is not str:
                raise _codec.wrong(str, v_url)
            at = "Size"
            v_size = src_dict["Size"]
            if type(v_size) is not int:
                raise _codec.wrong(int, v_size)
            at = "SHA256"
            v_sha256 = src_dict["SHA256"]
            if type(v_sha256) is not str:
                raise _codec.wrong(str, v_sha256)
            at = "RuntimeArch"
            v_runtime_arch = src_dict["RuntimeArch"]
            if v_runtime_arch is not None:
                if type(v_runtime_arch) is not str:
                    raise _codec.wrong(str, v_runtime_arch)
            at = "ExpiresAt"
            v_expires_at = src_dict["ExpiresAt"]
            if type(v_expires_at) is not str:
                raise _codec.wrong(str, v_expires_at)
            v_expires_at = datetime.datetime.fromisoformat(v_expires_at)
        except Exception as error:
            raise _codec.unfit("Download", at, error) from error
        result = cls(
            v_mime_type,
            v_url,
            v_size,
            v_sha256,
            v_runtime_arch,
            v_expires_at,
        )
        if len(src_dict) != 6:
            extra = {key: value for key, value in src_dict.items() if key not in _Download_FIELDS}
            result.additional_properties = extra
        return result


_Download_FIELDS = frozenset(
    (
        "MimeType",
        "URL",
        "Size",
        "SHA256",
        "RuntimeArch",
        "ExpiresAt",
    )
)
