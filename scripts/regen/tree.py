"""Where things are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "scailable_api"


@dataclass(frozen=True)
class Tree:
    """The folders of a working tree."""

    root: Path

    @property
    def openapi(self) -> Path:
        return self.root / "openapi"

    @property
    def templates(self) -> Path:
        return self.openapi / "templates"

    @property
    def config(self) -> Path:
        return self.openapi / "generator.yaml"

    @property
    def lock(self) -> Path:
        return self.openapi / "lock.toml"

    @property
    def generated(self) -> Path:
        return self.root / "generated" / PACKAGE

    def document(self, service: str) -> Path:
        return self.openapi / f"{service}.json"

    def overlay(self, service: str) -> Path:
        return self.openapi / "overlays" / f"{service}.yaml"
