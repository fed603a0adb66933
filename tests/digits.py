"""The example of this project: a classifier of digits, and images it was not trained on."""

from pathlib import Path

DIGITS = Path(__file__).resolve().parents[1] / "examples" / "digits" / "digits.onnx"
HELDOUT = DIGITS.with_name("heldout.npz")
