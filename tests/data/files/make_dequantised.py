#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes dequantised.json: random blocks of each tensor type and what the `gguf` package (0.19) makes of them, both as
hexadecimal bytes. The first blocks of each type have edge values as scale: zeros, subnormal, largest, infinite, NaN."""
import json
import os

import numpy
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as Type
from gguf.quants import dequantize

HALVES = numpy.array([0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x0400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00,
                      0x7E00], dtype="<u2")
BLOCKS = 48
BIG_BLOCKS = 14  # of 256 values
# Where the halves of a block lie: scale, and minimum where there is one.
HALVES_AT = {Type.Q4_1: (0, 2), Type.Q5_1: (0, 2), Type.Q2_K: (80, 82), Type.Q3_K: (108,), Type.Q4_K: (0, 2),
             Type.Q5_K: (0, 2), Type.Q6_K: (208,)}
KINDS = (Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q2_K, Type.Q3_K,
         Type.Q4_K, Type.Q5_K, Type.Q6_K, Type.IQ4_NL, Type.IQ4_XS)


def blocks_of(kind, random):
    """Random bytes with plausible scales, the first ones replaced by edge values."""
    size = GGML_QUANT_SIZES[kind][1]
    if size == 4:  # F32: passed through
        return random.standard_normal(BLOCKS).astype("<f4").tobytes()
    if size == 2:  # F16 and BF16: any bits but signalling NaNs, whose quiet bit depends on the machine
        values = random.integers(0, 1 << 16, 1024, dtype="<u2")
        values = values[(values & 0x7F80) != 0x7F80] if kind == Type.BF16 else values[(values & 0x7C00) != 0x7C00]
        return numpy.concatenate([HALVES, values]).tobytes()
    count = BLOCKS if GGML_QUANT_SIZES[kind][0] == 32 else BIG_BLOCKS
    data = random.integers(0, 256, (count, size), dtype=numpy.uint8)
    for number, at in enumerate(HALVES_AT.get(kind, (0,))):
        scales = random.standard_normal(count).astype("<f2").view("<u2")
        edges = HALVES[:count - 5 * number]
        scales[number * 5:number * 5 + len(edges)] = edges
        data[:, at:at + 2] = scales.view(numpy.uint8).reshape(count, 2)
    return data.tobytes()


def main():
    random = numpy.random.default_rng(7)
    cases = {}
    for kind in KINDS:
        data = blocks_of(kind, random)
        raw = numpy.frombuffer(data, dtype="<f4" if kind == Type.F32 else "<f2" if kind == Type.F16 else numpy.uint8)
        with numpy.errstate(all="ignore"):
            values = dequantize(raw, kind).astype("<f4")
        cases[kind.name] = {"bytes": data.hex(), "values": values.tobytes().hex()}
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "dequantised.json"), "w", encoding="ascii") as file:
        json.dump(cases, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
