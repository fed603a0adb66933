"""The difference of two models, for people and as JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from scailable.onnx.text import printable, readable_size, short

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    Attributes:
        kind: `input`, `output`, `version`, `metadata`, `operator`, `node`, `function`,
            `initializer` or `external file`.
        name: of the thing.
        what: `added`, `removed`, `renamed`, `reordered`, `changed`; `values` where only the numbers
            of an initializer differ, `settings` where the inputs or attributes of a node do.
        before, after: what it was and is; empty where there is nothing to say.
    """

    kind: str
    name: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        sides = f": {short(self.before)} > {short(self.after)}"
        if self.what in ("added", "removed") or not (self.before or self.after):
            side = short(self.before or self.after)
            sides = f" ({side})" if side else ""
        elif self.what in ("values", "settings"):
            sides = f" {self.before}"
        return f"{self.what:9} {short(self.name)}{sides}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two models.

    Attributes:
        old, new: the files.
        identical: whether all bytes are the same, those of external data included.
        size: bytes of both files.
        parameters: numbers in the initializers of both.
        interface: changes of inputs and outputs.
        versions, metadata, operators, nodes, functions, initializers, external: other changes.
    """

    old: str
    new: str
    identical: bool
    size: tuple[int, int]
    parameters: tuple[int, int]
    interface: tuple[Change, ...]
    versions: tuple[Change, ...]
    metadata: tuple[Change, ...]
    operators: tuple[Change, ...]
    nodes: tuple[Change, ...]
    functions: tuple[Change, ...]
    initializers: tuple[Change, ...]
    external: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether nothing that is compared differs; the bytes may."""
        return not any(changes for _, changes in self._sections())

    @property
    def replaceable(self) -> bool:
        """Whether the new model takes and gives what the old one does, labels included."""
        return not self.interface

    def _sections(self) -> tuple[tuple[str, tuple[Change, ...]], ...]:
        return (
            ("inputs and outputs", self.interface),
            ("versions", self.versions),
            ("metadata", self.metadata),
            ("operators", self.operators),
            ("nodes", self.nodes),
            ("functions", self.functions),
            ("initializers", self.initializers),
            ("external files", self.external),
        )

    def to_dict(self) -> dict[str, Any]:
        """The difference as JSON-ready values; the keys are those of the attributes."""
        return {
            **asdict(self),
            "same": self.same,
            "replaceable": self.replaceable,
        }

    def text(self) -> str:
        """The difference for people; long lists are cut."""
        lines = [f"{self.old} > {self.new}"]
        if self.identical:
            lines.append("  the files are identical")
        elif self.same:
            lines.append("  the models are the same; the files differ in their encoding only")
        for title, changes in self._sections():
            if changes:
                lines.append(f"{title}: {len(changes)} changed")
                lines += [f"  {change}".rstrip() for change in changes[:_MOST_SHOWN]]
                if len(changes) > _MOST_SHOWN:
                    lines.append(f"  ... and {len(changes) - _MOST_SHOWN} more (--json has all)")
        if self.size[0] != self.size[1]:
            lines.append(f"size: {readable_size(self.size[0])} > {readable_size(self.size[1])}")
        if self.parameters[0] != self.parameters[1]:
            lines.append(f"parameters: {self.parameters[0]:,} > {self.parameters[1]:,}")
        if not self.identical:
            lines.append(
                "inputs and outputs are the same: the new model can replace the old one on devices"
                if self.replaceable
                else "inputs or outputs differ: check what feeds the model and reads its results"
            )
        return "\n".join(printable(line) for line in lines)
