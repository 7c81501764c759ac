// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/decode_attention.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#if defined(__x86_64__)
#define KVPRISM_CLONES __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define KVPRISM_CLONES
#endif

namespace kvprism::model {

namespace {

constexpr std::int64_t lanes = 16; // partial sums in a fixed order

inline float widened(float value) {
    return value;
}
inline float widened(c10::BFloat16 value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value.x) << 16);
}

// exp(x) for x ≤ 0, without branches: 2^n · 2^f with |f| ≤ 1/2, 2^f by its Taylor polynomial of degree 7
// (relative error below 1e-8, so f32 rounding decides). What is below exp(−87) is 0.
inline float expOf(float x) {
    const float scaled = std::max(x, -87.0F) * 1.44269504F;
    const float whole = std::nearbyint(scaled);
    const float t = (scaled - whole) * 0.69314718F;
    float sum = 1.0F / 5040;
    sum = sum * t + 1.0F / 720;
    sum = sum * t + 1.0F / 120;
    sum = sum * t + 1.0F / 24;
    sum = sum * t + 1.0F / 6;
    sum = sum * t + 0.5F;
    sum = sum * t + 1;
    sum = sum * t + 1;
    const float power = std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
    return x < -87.0F ? 0.0F : sum * power;
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

void attendPart(const float* query, std::int64_t group, const at::Tensor& keys, const at::Tensor& values,
                AttentionPart& part) {
    const std::int64_t count = keys.size(0), dim = keys.size(1);
    part.largest.assign(static_cast<std::size_t>(group), 0);
    part.sum.assign(static_cast<std::size_t>(group), 0);
    part.values.assign(static_cast<std::size_t>(group * dim), 0);
    thread_local std::vector<float> logits;
    if (keys.scalar_type() == at::kFloat)
        attendF32(query, group, keys.data_ptr<float>(), values.data_ptr<float>(), count, dim, logits, part);
    else
        attendBf16(query, group, keys.data_ptr<c10::BFloat16>(), values.data_ptr<c10::BFloat16>(), count, dim,
                   logits, part);
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
