"""What the rules about nodes, tensors and metadata look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from scailable.onnx.reading.model import Graph, Model, Node, graphs_of, nodes_of
from scailable.onnx.report import ModelFacts, TensorInfo
from scailable.onnx.rules.scopes import Troubles, troubles_of


@dataclass(frozen=True)
class Subject:
    """A model as it was read, and what several rules want to know of it.

    Attributes:
        facts: what it says about itself.
        model: its graphs, nodes, tensors and functions.
        types: the type of every value, declared or inferred, by its name.
    """

    facts: ModelFacts
    model: Model
    types: Mapping[str, TensorInfo]

    @cached_property
    def graphs(self) -> tuple[Graph, ...]:
        """The model's graph and all graphs nested in it or in functions."""
        return tuple(graphs_of(self.model))

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node: of the graph, of nested graphs, of functions."""
        return tuple(nodes_of(self.model))

    @cached_property
    def troubles(self) -> Troubles:
        """What is wrong with the names of values."""
        return troubles_of(self.model)
