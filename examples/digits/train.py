"""Train the handwritten digit classifier of the demo and export it to ONNX.

    pip install 'scailable[train]'
    python examples/digits/train.py            # writes digits.onnx and heldout.npz beside it
    python examples/digits/train.py --check    # tests the files that are there

The network is small enough to be written out in numpy: two 3x3 convolutions, each with a ReLU and
a 2x2 maximum pool, and one dense layer. It trains in well under a minute on a laptop.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats: TypeAlias = NDArray[np.float32]
Labels: TypeAlias = NDArray[np.int64]
Weights: TypeAlias = dict[str, Floats]

HERE = Path(__file__).resolve().parent
SEED = 20260
HELD_OUT = 360  # of 1797 images; never seen while training
PIXEL_MAX = 16.0
INPUT = "image-"
OUTPUT = "scores-" + ";".join(f"{digit}:{digit}" for digit in range(10))
# The newest opset and IR version that every runtime of the target devices reads.
OPSET = 17
IR_VERSION = 8
ACCURACY_FLOOR = 0.97


def load_split() -> tuple[tuple[Floats, Labels], tuple[Floats, Labels]]:
    """Return the training and the held-out images ((N, 1, 8, 8), 0..1) with their labels."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = (digits.images / PIXEL_MAX).astype(np.float32)[:, np.newaxis]
    labels = digits.target.astype(np.int64)
    order = np.random.default_rng(SEED).permutation(len(images))
    held_out, train = order[:HELD_OUT], order[HELD_OUT:]
    return (images[train], labels[train]), (images[held_out], labels[held_out])


# --- the network ---------------------------------------------------------------------------------


def initial_weights(rng: np.random.Generator) -> Weights:
    """He initialisation: the variance that keeps a signal's size through ReLU layers."""

    def normal(*shape: int, fan_in: int) -> Floats:
        values: Floats = np.asarray(rng.standard_normal(shape) * np.sqrt(2.0 / fan_in), np.float32)
        return values

    return {
        "conv1.weight": normal(16, 1, 3, 3, fan_in=9),
        "conv1.bias": np.zeros(16, np.float32),
        "conv2.weight": normal(32, 16, 3, 3, fan_in=16 * 9),
        "conv2.bias": np.zeros(32, np.float32),
        "dense.weight": normal(32 * 2 * 2, 10, fan_in=32 * 2 * 2),
        "dense.bias": np.zeros(10, np.float32),
    }


def patches(x: Floats) -> Floats:
    """Every 3x3 neighbourhood of a zero-padded image as a row: (N, H, W, C * 9)."""
    n, c, h, w = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    rows: Floats = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n, h, w, c * 9)
    return rows


def conv(x: Floats, weight: Floats, bias: Floats) -> tuple[Floats, Floats]:
    """A 3x3 convolution that keeps the image's size; also returns its patches for the way back."""
    columns = patches(x)
    out = columns @ weight.reshape(len(weight), -1).T + bias
    return out.transpose(0, 3, 1, 2), columns


def conv_back(grad: Floats, columns: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Gradients of a convolution for its input, weight and bias."""
    rows = grad.transpose(0, 2, 3, 1)
    grad_weight = np.tensordot(rows, columns, axes=((0, 1, 2), (0, 1, 2))).reshape(weight.shape)
    # The gradient for the input is a convolution with the kernels turned round.
    turned = np.ascontiguousarray(weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3))
    grad_x, _ = conv(grad, turned, np.zeros(len(turned), np.float32))
    return grad_x, grad_weight, grad.sum(axis=(0, 2, 3))


def relu_pool(x: Floats) -> tuple[Floats, Floats]:
    """ReLU, then the maximum of each 2x2 block; also returns which places passed it on."""
    n, c, h, w = x.shape
    blocks = np.maximum(x, 0).reshape(n, c, h // 2, 2, w // 2, 2)
    best = blocks.max(axis=(3, 5), keepdims=True)
    passed = ((blocks == best) & (best > 0)).astype(np.float32)
    return best[:, :, :, 0, :, 0], passed


def relu_pool_back(grad: Floats, passed: Floats) -> Floats:
    """Gradient of `relu_pool` for its input."""
    n, c, h, _, w, _ = passed.shape
    return (grad[:, :, :, np.newaxis, :, np.newaxis] * passed).reshape(n, c, h * 2, w * 2)


def softmax(x: Floats) -> Floats:
    """Scores that add up to one."""
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def scores(images: Floats, weights: Weights) -> Floats:
    """The network's scores, (N, 10)."""
    hidden, _ = conv(images, weights["conv1.weight"], weights["conv1.bias"])
    hidden, _ = relu_pool(hidden)
    hidden, _ = conv(hidden, weights["conv2.weight"], weights["conv2.bias"])
    hidden, _ = relu_pool(hidden)
    flat = hidden.reshape(len(images), -1)
    return softmax(flat @ weights["dense.weight"] + weights["dense.bias"])


def gradients(images: Floats, labels: Labels, weights: Weights) -> Weights:
    """Gradients of the mean cross-entropy for all weights."""
    hidden1, columns1 = conv(images, weights["conv1.weight"], weights["conv1.bias"])
    pooled1, passed1 = relu_pool(hidden1)
    hidden2, columns2 = conv(pooled1, weights["conv2.weight"], weights["conv2.bias"])
    pooled2, passed2 = relu_pool(hidden2)
    flat = pooled2.reshape(len(images), -1)
    grad = softmax(flat @ weights["dense.weight"] + weights["dense.bias"])
    grad[np.arange(len(labels)), labels] -= 1
    grad /= len(labels)

    grad_pooled2 = (grad @ weights["dense.weight"].T).reshape(pooled2.shape)
    grad_hidden2 = relu_pool_back(grad_pooled2, passed2)
    grad_pooled1, weight2, bias2 = conv_back(grad_hidden2, columns2, weights["conv2.weight"])
    grad_hidden1 = relu_pool_back(grad_pooled1, passed1)
    _, weight1, bias1 = conv_back(grad_hidden1, columns1, weights["conv1.weight"])
    return {
        "conv1.weight": weight1,
        "conv1.bias": bias1,
        "conv2.weight": weight2,
        "conv2.bias": bias2,
        "dense.weight": flat.T @ grad,
        "dense.bias": grad.sum(axis=0),
    }


def train(
    images: Floats, labels: Labels, *, epochs: int = 30, batch: int = 32, rate: float = 2e-3
) -> Weights:
    """Train with Adam (Kingma and Ba 2015); the rate falls linearly to zero."""
    rng = np.random.default_rng(SEED)
    weights = initial_weights(rng)
    mean = {name: np.zeros_like(value) for name, value in weights.items()}
    square = {name: np.zeros_like(value) for name, value in weights.items()}
    steps_per_epoch = len(images) // batch
    step = 0
    for epoch in range(epochs):
        order = rng.permutation(len(images))
        for number in range(steps_per_epoch):
            chosen = order[number * batch : (number + 1) * batch]
            grads = gradients(images[chosen], labels[chosen], weights)
            falling = rate * (1 - step / (epochs * steps_per_epoch))
            step += 1
            for name, grad in grads.items():
                mean[name] = 0.9 * mean[name] + 0.1 * grad
                square[name] = 0.999 * square[name] + 0.001 * grad**2
                mean_hat = mean[name] / (1 - 0.9**step)
                square_hat = square[name] / (1 - 0.999**step)
                weights[name] -= falling * mean_hat / (np.sqrt(square_hat) + 1e-8)
        right = accuracy(scores(images, weights), labels)
        print(f"epoch {epoch + 1:2}/{epochs}  accuracy on the training images {right:.2%}")
    return weights


def accuracy(predicted: Floats, labels: Labels) -> float:
    """The share of images whose best score is their label."""
    return float((predicted.argmax(axis=1) == labels).mean())


# --- export --------------------------------------------------------------------------------------


def to_onnx(weights: Weights) -> onnx.ModelProto:
    """The same network as an ONNX model for one image at a time."""

    def convolve(x: str, name: str, out: str) -> onnx.NodeProto:
        return helper.make_node(
            "Conv", [x, f"{name}.weight", f"{name}.bias"], [out], name=name, pads=[1, 1, 1, 1]
        )

    def pool(x: str, out: str) -> onnx.NodeProto:
        return helper.make_node("MaxPool", [x], [out], kernel_shape=[2, 2], strides=[2, 2])

    nodes = [
        convolve(INPUT, "conv1", "hidden1"),
        helper.make_node("Relu", ["hidden1"], ["active1"]),
        pool("active1", "pooled1"),
        convolve("pooled1", "conv2", "hidden2"),
        helper.make_node("Relu", ["hidden2"], ["active2"]),
        pool("active2", "pooled2"),
        helper.make_node("Flatten", ["pooled2"], ["flat"]),
        helper.make_node("Gemm", ["flat", "dense.weight", "dense.bias"], ["logits"], name="dense"),
        helper.make_node("Softmax", ["logits"], [OUTPUT], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, 10])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
        # How the pixels (0..16) become the model's input: (pixel - mean) / var.
        doc_string='{"means": [0], "vars": [16]}',
    )
    model = helper.make_model(
        graph,
        producer_name="scailable examples/digits",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def run_onnx(model: bytes, images: Floats) -> Floats:
    """Scores of the exported model, image by image, as a device computes them."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run([OUTPUT], {INPUT: image[None]})[0] for image in images])


def write(folder: Path) -> float:
    """Train, write both files to `folder`, and return the accuracy on the held-out images."""
    (images, labels), (held_images, held_labels) = load_split()
    weights = train(images, labels)
    model = to_onnx(weights).SerializeToString()
    exported = run_onnx(model, held_images)
    np.testing.assert_allclose(exported, scores(held_images, weights), atol=1e-5)
    (folder / "digits.onnx").write_bytes(model)
    contents: dict[str, Any] = {INPUT: held_images, "labels": held_labels.astype(np.uint8)}
    np.savez_compressed(folder / "heldout.npz", **contents)
    return accuracy(exported, held_labels)


def check(folder: Path) -> float:
    """Compare the files in `folder` with the split, and return the model's held-out accuracy.

    Training is not repeated: its last bits depend on the processor.
    """
    _, (held_images, held_labels) = load_split()
    with np.load(folder / "heldout.npz") as held_out:
        np.testing.assert_array_equal(held_out[INPUT], held_images)
        np.testing.assert_array_equal(held_out["labels"], held_labels)
    return accuracy(run_onnx((folder / "digits.onnx").read_bytes(), held_images), held_labels)


def main() -> int:
    """Train or check; the exit code is 1 when the accuracy is below the floor."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder of the files")
    parser.add_argument("--check", action="store_true", help="change nothing, test the files")
    arguments = parser.parse_args()
    right = check(arguments.out) if arguments.check else write(arguments.out)
    print(f"accuracy on {HELD_OUT} held-out images {right:.2%}")
    return 0 if right > ACCURACY_FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
