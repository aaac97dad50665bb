"""Graphs at serving time: ONNX Runtime sessions, and brand models on vectors."""
