"""Following the names of values through a graph and the graphs nested in it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Literal

from scailable.onnx.reading.model import Function, Graph, Model, Node
from scailable.onnx.text import short

Kind = Literal["twice", "hiding", "undefined", "order", "output", "from around", "nameless"]

_MOST_KEPT = 25  # of a kind; more than a report lists


@dataclass(frozen=True, slots=True)
class Trouble:
    """A name that is wrong, and where."""

    where: str
    name: str
    offset: int


@dataclass(slots=True)
class Troubles:
    """What is wrong with the names of a model, by kind: the first of each, and how many."""

    _kept: dict[Kind, list[Trouble]] = field(default_factory=dict)
    _counts: Counter[Kind] = field(default_factory=Counter)

    def add(self, kind: Kind, where: str, name: str, offset: int) -> None:
        self._counts[kind] += 1
        kept = self._kept.setdefault(kind, [])
        if len(kept) < _MOST_KEPT:
            kept.append(Trouble(where, name, offset))

    def of(self, kind: Kind) -> Iterator[Trouble]:
        """As many as there are of a kind; the last that is kept stands for those that are not."""
        kept = self._kept.get(kind, [])
        yield from kept
        if kept:
            yield from repeat(kept[-1], self._counts[kind] - len(kept))


def troubles_of(model: Model) -> Troubles:
    """What is wrong with the names of values, in one walk over the model."""
    found = Troubles()
    if model.graph is not None:
        _Scopes(found).graph(model.graph)
    for function in model.functions:
        _Scopes(found).function(function)
    return found


class _Scopes:
    """The names that can be used at a place: of the graph there, and of those around it."""

    def __init__(self, found: Troubles) -> None:
        self._found = found
        self._known: set[str] = set()

    def graph(self, graph: Graph) -> None:
        """Follow the names of a graph. Graphs nest as deep as messages may, which is not deep."""
        place = f"graph {short(graph.name)}".rstrip()
        mine: set[str] = set()
        hidden: set[str] = set()
        inputs = {each.name for each in graph.inputs}
        for each in graph.inputs:
            self._declare(each.name, f"input of {place}", graph.offset, mine, hidden)
        stored = [(each.name, each.offset) for each in graph.initializers]
        stored += [
            (each.values.name, each.offset) for each in graph.sparse_initializers if each.values
        ]
        initializers: set[str] = set()
        for name, offset in stored:
            if name in initializers:
                self._found.add("twice", f"initializer of {place}", name, offset)
            elif name not in inputs:
                self._declare(name, f"initializer of {place}", offset, mine, hidden)
            initializers.add(name)
        self._nodes(graph.nodes, mine)
        self._outputs([each.name for each in graph.outputs], place, graph.offset, mine)
        self._known -= mine - hidden

    def function(self, function: Function) -> None:
        """Follow the names of a function, which sees nothing around it."""
        place = f"function {short(function.name)}".rstrip()
        mine: set[str] = set()
        if not function.name:
            self._found.add("nameless", place, "", function.offset)
        for name in function.inputs:
            self._declare(name, f"input of {place}", function.offset, mine, set())
        self._nodes(function.nodes, mine)
        self._outputs(list(function.outputs), place, function.offset, mine)

    def _declare(
        self, name: str, where: str, offset: int, mine: set[str], hidden: set[str]
    ) -> None:
        """An input or initializer, which may have the name of a value around its graph."""
        if not name:
            self._found.add("nameless", where, name, offset)
        elif name in mine:
            self._found.add("twice", where, name, offset)
        else:
            if name in self._known:
                self._found.add("hiding", where, name, offset)
                hidden.add(name)
            self._known.add(name)
            mine.add(name)

    def _nodes(self, nodes: tuple[Node, ...], mine: set[str]) -> None:
        known = self._known
        later: set[str] | None = None
        for node in nodes:
            for name in node.inputs:
                if name and name not in known:
                    if later is None:
                        later = {output for each in nodes for output in each.outputs}
                    kind: Kind = "order" if name in later else "undefined"
                    self._found.add(kind, node.place, name, node.offset)
            for attribute in node.attributes:
                for inner in attribute.graphs:
                    self.graph(inner)
            for name in node.outputs:
                if name in known:
                    self._found.add("twice", node.place, name, node.offset)
                elif name:
                    known.add(name)
                    mine.add(name)

    def _outputs(self, names: list[str], place: str, offset: int, mine: set[str]) -> None:
        for name in names:
            if not name:
                self._found.add("nameless", f"output of {place}", name, offset)
            elif name not in self._known:
                self._found.add("output", place, name, offset)
            elif name not in mine:
                self._found.add("from around", place, name, offset)
