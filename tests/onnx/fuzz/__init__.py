"""Damaging valid models, and holding what we make of them against what onnx makes of them."""
