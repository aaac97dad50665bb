"""Photo to answer, from a verified bundle: ONNX graphs, an index and the catalogue's facts."""
