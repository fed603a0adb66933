"""Rules about which operators a model may use."""

from collections.abc import Iterator

from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule

CLASSIC_ML = "ai.onnx.ml"
COMPILED_FOR = frozenset({"hailo", "hailo-8l"})

# The standard operators in sclblonnx's list of supported ones; it adds three of ai.onnx.ml. The
# list is older than today's devices: the vendor's own recipes use operators that it does not have.
OLD_LIST = frozenset(
    """
    Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization
    Cast Ceil Celu Clip Compress Concat Constant ConstantOfShape Conv ConvInteger ConvTranspose
    Cos Cosh CumSum Div Dropout DynamicQuantizeLinear Elu Equal Exp Expand Flatten Floor Gather
    Gemm GlobalAveragePool Greater GreaterOrEqual Identity If IsInf IsNaN LRN LSTM LeakyRelu
    Less LessOrEqual Log LogSoftmax MatMul MatMulInteger Max MaxPool Min Mul Neg
    NonMaxSuppression Not Or PRelu Pad Pow QuantizeLinear Range Reciprocal ReduceL1 ReduceL2
    ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare Relu Reshape Resize Round Scatter ScatterElements ScatterND Selu Shape
    Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tan
    Tanh ThresholdedRelu Transpose Unsqueeze Where Xor
    """.split()  # noqa: SIM905  # a line an operator would be a page
)


def _by_domain(facts: ModelFacts) -> dict[str, list[str]]:
    """Operators outside the standard domain, by domain."""
    found: dict[str, list[str]] = {}
    for name in facts.operators:
        domain, separator, operator = name.rpartition("::")
        if separator:
            found.setdefault(domain, []).append(operator)
    return found


def _listed(operators: list[str]) -> str:
    shown = ", ".join(sorted(operators)[:5])
    return shown if len(operators) <= 5 else f"{shown} and {len(operators) - 5} more"


def _custom(facts: ModelFacts) -> Iterator[tuple[str, str, str]]:
    for domain, operators in _by_domain(facts).items():
        if domain != CLASSIC_ML:
            yield (
                f"domain {domain}",
                f"{_listed(operators)}: custom operators, which the devices do not have",
                "export with standard ONNX operators only, or move this part out of the model",
            )


# The same fact is an error or a note, depending on what the model was compiled for.
@fact_rule("ONNX-DOMAIN-001", "error", source=sources.REQUIREMENTS, generic="info")
def custom_operators(facts: ModelFacts) -> Iterator[Said]:
    """The model uses operators of a custom domain."""
    if facts.chip not in COMPILED_FOR:
        yield from _custom(facts)


@fact_rule("ONNX-DOMAIN-002", "warning", source=sources.REQUIREMENTS)
def classic_ml_operators(facts: ModelFacts) -> Iterator[Said]:
    """The model uses operators of ai.onnx.ml."""
    operators = _by_domain(facts).get(CLASSIC_ML)
    if operators:
        yield (
            f"domain {CLASSIC_ML}",
            f"{_listed(operators)}: not in the operator set that is documented as supported",
            "try it on the device, or export with standard operators",
        )


@fact_rule("ONNX-DOMAIN-003", "info", source=sources.HAILO, generic="info")
def compiled_operators(facts: ModelFacts) -> Iterator[Said]:
    """The model holds a part compiled for an accelerator."""
    if facts.chip in COMPILED_FOR:
        for where, _, _ in _custom(facts):
            yield where, f"compiled for {facts.chip}: it runs on no other device", ""


@fact_rule("ONNX-OP-001", "info", source=sources.SCLBLONNX)
def not_in_the_old_list(facts: ModelFacts) -> Iterator[Said]:
    """Operators are used that are not in the list of the vendor's older tools."""
    newer = [name for name in facts.operators if "::" not in name and name not in OLD_LIST]
    if newer:
        yield "", f"not in sclblonnx's list of operators: {_listed(newer)}", ""
