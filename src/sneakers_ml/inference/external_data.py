"""Weights that an ONNX file keeps in other files, whose hashes nobody compared."""

from __future__ import annotations

__all__ = ["has_external_data"]

# Fields of onnx.proto that lead to tensors, by message: number -> message.
_PARTS = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse tensor"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse tensor", 23: "sparse tensor"},
    "sparse tensor": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14  # of a tensor
_SIZES = {1: 8, 5: 4}  # bytes of a number, by its wire type


def has_external_data(model: bytes) -> bool:
    """Whether a tensor of an ONNX model lies in another file (onnx.proto, TensorProto.external_data).

    It is read by hand, as onnx is no part of what serves.

    Raises:
        ValueError: these are not the bytes of an ONNX model.
    """
    if b"location" not in model:  # the key under which the other file's name stands
        return False
    pending = [(memoryview(model), "model")]
    try:
        while pending:
            message, kind = pending.pop()
            at = 0
            while at < len(message):
                key, at = _varint(message, at)
                field, wire = key >> 3, key & 7
                if kind == "tensor" and field == _EXTERNAL_DATA:
                    return True
                if wire == 2:
                    size, at = _varint(message, at)
                    if field in _PARTS[kind]:
                        pending.append((message[at : at + size], _PARTS[kind][field]))
                    at += size
                elif wire == 0:
                    value, at = _varint(message, at)
                    if kind == "tensor" and field == _DATA_LOCATION and value:
                        return True
                else:
                    at += _SIZES[wire]
            if at > len(message):
                raise ValueError("a field is longer than what holds it")
    except (IndexError, KeyError):
        raise ValueError("this is no protocol buffer") from None
    return False


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where it ends (Protocol Buffers, "Encoding")."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("a number is too long")
