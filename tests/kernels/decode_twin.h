// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/decode_token.h"

#include <cstdint>
#include <vector>

// A decoder on the host, for kernel_check: the CPU's twin of decode_token.h, in f64, rounded to bf16 where
// that says so.
namespace kvprism::test {

using Bits = std::vector<std::uint16_t>; // bf16

struct TwinLayer { // as in DecodeLayer; empty: there is none
    std::vector<float> attentionNorm, feedForwardNorm, queryNorm, keyNorm;
    Bits queryKeyValue, queryKeyValueBias, attentionOutput, gateUp, down, keys, values;
    std::vector<float> valueNorms;
};

struct Twin {
    kernels::DecodeShape shape;
    std::vector<TwinLayer> layers;
    Bits embedding, head;
    std::vector<float> finalNorm;
    std::vector<double> frequencies;

    // Logits behind `token`, whose key and value go to the layers' slot.
    std::vector<double> logits(std::int32_t token, std::int64_t slot, std::int64_t position);
};

} // namespace kvprism::test
