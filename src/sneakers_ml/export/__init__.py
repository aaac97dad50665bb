"""Trained models to ONNX: graphs, parity checks."""
