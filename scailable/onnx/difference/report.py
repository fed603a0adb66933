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
        name: of the thing; a node goes by the values that it gives.
        what: `added`, `removed`, `renamed`, `reordered`, `changed`; `values` where only the numbers
            of an initializer differ, `stored` where they are stored in another way and so were not
            compared, `settings` where the inputs or attributes of a node differ.
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
        elif self.what in ("values", "stored", "settings"):
            sides = f" {self.before}"
        kind = f"{self.kind} " if self.kind in ("input", "output") else ""
        name = "" if self.what == "renamed" else short(self.name)
        return f"{self.what:9} {f'{kind}{name}'.strip()}{sides}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two models.

    Attributes:
        old, new: the files.
        identical: whether all bytes are the same, those of external data included.
        size: bytes of both files.
        parameters: numbers in the initializers of both.
        interface: changes of inputs and outputs, as they are declared.
        breaks: why the new model cannot take the place of the old one on devices, a sentence each;
            empty when it can.
        versions, metadata, operators, nodes, functions, initializers, external: other changes.
        weights: initializers whose values differ, were added or removed, their bytes in the new
            model, and the bytes of all initializers of the new model.
    """

    old: str
    new: str
    identical: bool
    size: tuple[int, int]
    parameters: tuple[int, int]
    interface: tuple[Change, ...]
    breaks: tuple[str, ...]
    versions: tuple[Change, ...]
    metadata: tuple[Change, ...]
    operators: tuple[Change, ...]
    nodes: tuple[Change, ...]
    functions: tuple[Change, ...]
    initializers: tuple[Change, ...]
    external: tuple[Change, ...]
    weights: tuple[int, int, int]

    @property
    def same(self) -> bool:
        """Whether nothing that is compared differs; the bytes may."""
        return not any(changes for _, changes in self._sections())

    @property
    def replaceable(self) -> bool:
        """Whether the new model can take the place of the old one on devices."""
        return not self.breaks

    def _sections(self) -> tuple[tuple[str, tuple[Change, ...]], ...]:
        return (
            ("inputs and outputs", self.interface),
            ("versions and descriptions", self.versions),
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
            "weights": dict(zip(("changed", "bytes", "of_bytes"), self.weights, strict=True)),
            "same": self.same,
            "replaceable": self.replaceable,
        }

    def text(self) -> str:
        """The difference for people; long lists are cut."""
        lines = [f"{self.old} > {self.new}"]
        if self.identical:
            lines.append("the files are identical")
        elif self.same:
            lines.append("the models are the same; the files differ in encoding or comments only")
        for title, changes in self._sections():
            if changes:
                lines.append(f"{title}: {len(changes)} changed")
                lines += [f"  {change}".rstrip() for change in changes[:_MOST_SHOWN]]
                if len(changes) > _MOST_SHOWN:
                    lines.append(f"  ... and {len(changes) - _MOST_SHOWN} more (--json has all)")
        changed, affected, together = self.weights
        if changed:
            lines.append(
                f"weights: {changed} initializers changed, {readable_size(affected)} of "
                f"{readable_size(together)}"
            )
        if self.parameters[0] != self.parameters[1]:
            lines.append(f"parameters: {self.parameters[0]:,} > {self.parameters[1]:,}")
        if self.size[0] != self.size[1]:
            lines.append(f"size: {self.size[0]:,} > {self.size[1]:,} bytes")
        if self.breaks:
            lines.append("cannot replace the old model on devices as it is:")
            lines += [f"  {each}" for each in self.breaks[:_MOST_SHOWN]]
            if len(self.breaks) > _MOST_SHOWN:
                lines.append(f"  ... and {len(self.breaks) - _MOST_SHOWN} more (--json has all)")
        elif self.interface:
            lines.append("can replace the old model on devices: inputs and outputs are compatible")
        else:
            lines.append("can replace the old model on devices: inputs and outputs are the same")
        return "\n".join(printable(line) for line in lines)
