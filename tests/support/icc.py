"""Small ICC profiles, put together from the specification (ICC.1:2001-04, the second version)."""

from __future__ import annotations

import struct

import numpy as np

__all__ = ["ADOBE_RGB", "DISPLAY_P3", "PROPHOTO", "SRGB", "grey_profile", "press_profile", "rgb_profile"]

# Red, green and blue as XYZ in columns, seen under D50 as profiles have it (Lindbloom, "RGB/XYZ matrices").
SRGB = ((0.4360747, 0.3850649, 0.1430804), (0.2225045, 0.7168786, 0.0606169), (0.0139322, 0.0971045, 0.7141733))
ADOBE_RGB = ((0.6097559, 0.2052401, 0.1492240), (0.3111242, 0.6256560, 0.0632197), (0.0194811, 0.0608902, 0.7448387))
PROPHOTO = ((0.7976749, 0.1351917, 0.0313534), (0.2880402, 0.7118741, 0.0000857), (0.0, 0.0, 0.8252100))
DISPLAY_P3 = ((0.5151, 0.2920, 0.1571), (0.2412, 0.6922, 0.0666), (-0.0011, 0.0419, 0.7841))
_D50 = 0.9642, 1.0, 0.8249


def _profile(device: bytes, colours: bytes, space: bytes, tags: dict[bytes, bytes]) -> bytes:
    head = struct.pack(">4x4xI4s4s4s12x4s28x", 0x02100000, device, colours, space, b"acsp") + _xyz(*_D50)[8:]
    directory, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        directory += struct.pack(">4sII", name, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    whole = head.ljust(128, b"\0") + directory + body
    return struct.pack(">I", len(whole)) + whole[4:]


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _named(tags: dict[bytes, bytes]) -> dict[bytes, bytes]:
    text = b"desc\0\0\0\0" + struct.pack(">I5s", 5, b"test\0") + bytes(78)
    return {b"desc": text, b"cprt": b"text\0\0\0\0none\0", b"wtpt": _xyz(*_D50), **tags}


def rgb_profile(primaries: tuple[tuple[float, ...], ...], gamma: float) -> bytes:
    """Of a screen or a camera: three primaries and one curve."""
    columns = zip((b"rXYZ", b"gXYZ", b"bXYZ"), np.transpose(primaries).tolist(), strict=True)
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(gamma))
    return _profile(b"mntr", b"RGB ", b"XYZ ", _named({name: _xyz(*column) for name, column in columns} | curves))


def grey_profile(gamma: float) -> bytes:
    """Of a grey scale."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", _named({b"kTRC": _curve(gamma)}))


def press_profile(ink: int) -> bytes:
    """Of a press whose four inks are alike: one of them fully laid gives a grey of lightness `ink`, more give black."""
    ramp = bytes(range(256))
    laid = [np.binary_repr(place, 4).count("1") for place in range(16)]
    lightness = [(100, ink, 0, 0, 0)[inks] for inks in laid]
    table = b"".join(bytes((round(each * 2.55), 128, 128)) for each in lightness)
    identity = struct.pack(">9i", *(65536 * (place % 4 == 0) for place in range(9)))
    lut = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + ramp * 4 + table + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", _named({b"A2B0": lut}))
