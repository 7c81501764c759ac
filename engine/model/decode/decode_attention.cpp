// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/decode_attention.h"

#include "engine/base/clones.h"
#include "engine/base/exponential.h"
#include "engine/model/decode/decode_attention_avx512.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace kvprism::model {

namespace {

constexpr std::int64_t lanes = 16; // partial sums in a fixed order

inline float widened(float value) {
    return value;
}
inline float widened(c10::BFloat16 value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value.x) << 16);
}

template <class T> inline float dot(const float* query, const T* key, std::int64_t dim) {
    float sums[lanes] = {};
    std::int64_t d = 0;
    for (; d + lanes <= dim; d += lanes)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            sums[lane] += query[d + lane] * widened(key[d + lane]);
    float sum = 0;
    for (; d < dim; ++d)
        sum += query[d] * widened(key[d]);
    for (const float part : sums)
        sum += part;
    return sum;
}

template <class T> inline void addTo(float* out, float weight, const T* value, std::int64_t dim) {
    for (std::int64_t d = 0; d < dim; ++d)
        out[d] += weight * widened(value[d]);
}

template <class T>
inline void attend(const float* query, std::int64_t group, const T* keys, const T* values, std::int64_t count,
                   std::int64_t dim, std::vector<float>& logits, AttentionPart& part) {
    logits.resize(static_cast<std::size_t>(count));
    for (std::int64_t g = 0; g < group; ++g) {
        float largest = -std::numeric_limits<float>::infinity();
        for (std::int64_t j = 0; j < count; ++j) {
            const float logit = dot(query + g * dim, keys + j * dim, dim);
            logits[static_cast<std::size_t>(j)] = logit;
            largest = std::max(largest, logit);
        }
        float sum = 0;
        for (float& logit : logits) {
            logit = expOf(logit - largest);
            sum += logit;
        }
        float* out = part.values.data() + g * dim;
        for (std::int64_t j = 0; j < count; ++j)
            addTo(out, logits[static_cast<std::size_t>(j)], values + j * dim, dim);
        part.largest[static_cast<std::size_t>(g)] = largest;
        part.sum[static_cast<std::size_t>(g)] = sum;
    }
}

KVPRISM_CLONES
void attendF32(const float* query, std::int64_t group, const float* keys, const float* values,
               std::int64_t count, std::int64_t dim, std::vector<float>& logits, AttentionPart& part) {
    attend(query, group, keys, values, count, dim, logits, part);
}

KVPRISM_CLONES
void attendBf16(const float* query, std::int64_t group, const c10::BFloat16* keys,
                const c10::BFloat16* values, std::int64_t count, std::int64_t dim, std::vector<float>& logits,
                AttentionPart& part) {
    attend(query, group, keys, values, count, dim, logits, part);
}

} // namespace

void attendPart(PartKernel kernel, const float* query, std::int64_t group, const KeyRows& rows,
                AttentionPart& part) {
    const std::int64_t count = rows.count, dim = rows.headDim;
    part.largest.assign(static_cast<std::size_t>(group), 0);
    part.sum.assign(static_cast<std::size_t>(group), 0);
    part.values.assign(static_cast<std::size_t>(group * dim), 0);
    thread_local std::vector<float> logits;
    if (kernel == PartKernel::avx512) {
        logits.resize(static_cast<std::size_t>(group * ((count + lanes - 1) / lanes * lanes)));
        attendPartAvx512(query, group, static_cast<const std::uint16_t*>(rows.keys),
                         static_cast<const std::uint16_t*>(rows.values), count, dim, logits.data(),
                         part.largest.data(), part.sum.data(), part.values.data());
    } else if (rows.dtype == at::kFloat) {
        attendF32(query, group, static_cast<const float*>(rows.keys), static_cast<const float*>(rows.values),
                  count, dim, logits, part);
    } else {
        attendBf16(query, group, static_cast<const c10::BFloat16*>(rows.keys),
                   static_cast<const c10::BFloat16*>(rows.values), count, dim, logits, part);
    }
}

PartKernel partKernelFor(at::ScalarType dtype, std::int64_t headDim) {
    return dtype == at::kBFloat16 && canAttendPartAvx512(headDim) ? PartKernel::avx512 : PartKernel::plain;
}

void mergeParts(std::span<const AttentionPart> parts, std::int64_t group, std::int64_t headDim, float* out) {
    std::fill(out, out + group * headDim, 0.0F);
    for (std::int64_t g = 0; g < group; ++g) {
        const auto at = static_cast<std::size_t>(g);
        float largest = -std::numeric_limits<float>::infinity(), sum = 0;
        for (const AttentionPart& part : parts)
            largest = std::max(largest, part.largest[at]);
        for (const AttentionPart& part : parts) {
            const float share = std::exp(part.largest[at] - largest);
            sum += share * part.sum[at];
            for (std::int64_t d = 0; d < headDim; ++d)
                out[g * headDim + d] +=
                    share * part.values[at * static_cast<std::size_t>(headDim) + static_cast<std::size_t>(d)];
        }
        for (std::int64_t d = 0; d < headDim; ++d)
            out[g * headDim + d] /= sum;
    }
}

} // namespace kvprism::model
