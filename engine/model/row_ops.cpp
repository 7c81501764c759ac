// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/row_ops.h"

#include "engine/base/clones.h"
#include "engine/base/exponential.h"
#include "engine/model/device_ops.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kvprism::model {

namespace {

constexpr std::int64_t rowsPerTask = 8;

// Sums of halves, as often as there are some: each a step for all lanes at once.
template <std::int64_t Lanes> [[gnu::always_inline]] inline float sumOf(const float* lanes) {
    if constexpr (Lanes == 1) {
        return lanes[0];
    } else {
        float halves[Lanes / 2];
        for (std::int64_t lane = 0; lane < Lanes / 2; ++lane)
            halves[lane] = lanes[lane] + lanes[lane + Lanes / 2];
        return sumOf<Lanes / 2>(halves);
    }
}

// One row by its weight; `values` is room for a row in f32. In and out may be the same.
template <class T>
[[gnu::always_inline]] inline void normaliseRow(const T* in, const float* weight, T* out, std::int64_t size,
                                                float epsilon, float* values) {
    // Sixteen partial sums in a fixed order: vectorises, and the same bits every time.
    float sums[16] = {};
    std::int64_t i = 0;
    for (; i + 16 <= size; i += 16)
        for (std::int64_t lane = 0; lane < 16; ++lane) {
            const float value = static_cast<float>(in[i + lane]);
            values[i + lane] = value;
            sums[lane] += value * value;
        }
    float rest = 0;
    for (; i < size; ++i) {
        const float value = static_cast<float>(in[i]);
        values[i] = value;
        rest += value * value;
    }
    const float scale = 1.0F / std::sqrt((sumOf<16>(sums) + rest) / static_cast<float>(size) + epsilon);
    for (std::int64_t j = 0; j < size; ++j)
        out[j] = static_cast<T>(values[j] * scale * weight[j]);
}
KVPRISM_CLONES
void rmsNormRow(const float* in, const float* weight, float* out, std::int64_t size, float epsilon,
                float* values) {
    normaliseRow(in, weight, out, size, epsilon, values);
}
KVPRISM_CLONES
void rmsNormRow(const c10::BFloat16* in, const float* weight, c10::BFloat16* out, std::int64_t size,
                float epsilon, float* values) {
    normaliseRow(in, weight, out, size, epsilon, values);
}

template <class T>
void rmsNormRows(const T* x, const float* weight, T* out, std::int64_t rows, std::int64_t hidden,
                 float epsilon) {
    at::parallel_for(0, rows, rowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> values(static_cast<std::size_t>(hidden));
        for (std::int64_t row = begin; row < end; ++row)
            rmsNormRow(x + row * hidden, weight, out + row * hidden, hidden, epsilon, values.data());
    });
}

template <class T>
void normaliseRows(T* x, std::int64_t rows, std::int64_t width, std::int64_t heads, const float* weight,
                   std::int64_t dim, float epsilon) {
    at::parallel_for(0, rows, rowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> values(static_cast<std::size_t>(dim));
        for (std::int64_t row = begin; row < end; ++row)
            for (std::int64_t head = 0; head < heads; ++head) {
                T* own = x + row * width + head * dim;
                rmsNormRow(own, weight, own, dim, epsilon, values.data());
            }
    });
}

// Rotates one head: pairs (i, i + half), in f32.
template <class T>
[[gnu::always_inline]] inline void rotatePairs(const T* in, const float* cosine, const float* sine,
                                               std::int64_t half, float scale, T* out) {
    for (std::int64_t i = 0; i < half; ++i) {
        const float a = static_cast<float>(in[i]);
        const float b = static_cast<float>(in[i + half]);
        out[i] = static_cast<T>((a * cosine[i] - b * sine[i]) * scale);
        out[i + half] = static_cast<T>((b * cosine[i] + a * sine[i]) * scale);
    }
}
KVPRISM_CLONES
void rotateHead(const float* in, const float* cosine, const float* sine, std::int64_t half, float scale,
                float* out) {
    rotatePairs(in, cosine, sine, half, scale, out);
}
KVPRISM_CLONES
void rotateHead(const c10::BFloat16* in, const float* cosine, const float* sine, std::int64_t half,
                float scale, c10::BFloat16* out) {
    rotatePairs(in, cosine, sine, half, scale, out);
}

template <class T>
void rotateRows(const at::Tensor& qkv, const RotaryTable& rotary, const HeadShape& heads, at::Tensor& query,
                const StoreRows& store) {
    const std::int64_t rows = qkv.size(0);
    const std::int64_t dim = heads.headDim;
    const std::int64_t half = dim / 2;
    const std::int64_t width = qkv.size(1);
    const std::int64_t group = heads.group();
    const float scale = 1.0F / std::sqrt(static_cast<float>(dim));
    const T* in = qkv.data_ptr<T>();
    T* queryOut = query.data_ptr<T>();
    T* keyOut = store.keys.data_ptr<T>();
    T* valueOut = store.values.data_ptr<T>();
    const std::int64_t plane = store.keys.stride(0);
    const float* cosines = rotary.cosine.data_ptr<float>();
    const float* sines = rotary.sine.data_ptr<float>();
    at::parallel_for(0, rows, rowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const T* source = in + row * width;
            const float* cosine = cosines + row * half;
            const float* sine = sines + row * half;
            for (std::int64_t kv = 0; kv < heads.kvHeads; ++kv) {
                for (std::int64_t g = 0; g < group; ++g)
                    rotateHead(source + (kv * group + g) * dim, cosine, sine, half, scale,
                               queryOut + ((kv * rows + row) * group + g) * dim);
                const std::int64_t slot = kv * plane + (store.first + row) * dim;
                const T* key = source + (heads.queryHeads + kv) * dim;
                if (store.rotateKeys)
                    rotateHead(key, cosine, sine, half, 1.0F, keyOut + slot);
                else
                    std::copy(key, key + dim, keyOut + slot);
                const T* value = source + (heads.queryHeads + heads.kvHeads + kv) * dim;
                std::copy(value, value + dim, valueOut + slot);
            }
        }
    });
}

template <class T> void rotateAll(const at::Tensor& keys, const RotaryTable& rotary, const at::Tensor& out) {
    const std::int64_t rows = keys.size(1);
    const std::int64_t dim = keys.size(2);
    const std::int64_t half = dim / 2;
    const T* in = keys.data_ptr<T>();
    T* target = out.data_ptr<T>();
    const std::int64_t plane = keys.stride(0), outPlane = out.stride(0);
    at::parallel_for(0, keys.size(0) * rows, rowsPerTask * 8, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t row = i % rows;
            rotateHead(in + i / rows * plane + row * dim, rotary.cosine.data_ptr<float>() + row * half,
                       rotary.sine.data_ptr<float>() + row * half, half, 1.0F,
                       target + i / rows * outPlane + row * dim);
        }
    });
}

// silu(gate) · up, in f32: gate / (1 + exp(−gate)), by the exponential of a negative number on either side.
template <class T> inline void gateRow(const T* gate, const T* up, T* out, std::int64_t width) {
    for (std::int64_t i = 0; i < width; ++i) {
        const float x = static_cast<float>(gate[i]);
        const float e = expOf(-std::abs(x));
        out[i] = static_cast<T>(x * (x < 0 ? e : 1.0F) / (1.0F + e) * static_cast<float>(up[i]));
    }
}
KVPRISM_CLONES
void gateRowOf(const float* gate, const float* up, float* out, std::int64_t width) {
    gateRow(gate, up, out, width);
}
KVPRISM_CLONES
void gateRowOf(const c10::BFloat16* gate, const c10::BFloat16* up, c10::BFloat16* out, std::int64_t width) {
    gateRow(gate, up, out, width);
}

// Squares in sixteen partial sums.
template <class T>
[[gnu::always_inline]] inline void normRows(const T* x, std::int64_t rows, std::int64_t dim, float* out) {
    for (std::int64_t row = 0; row < rows; ++row, x += dim) {
        float sums[16] = {};
        std::int64_t i = 0;
        for (; i + 16 <= dim; i += 16)
            for (std::int64_t lane = 0; lane < 16; ++lane)
                sums[lane] += static_cast<float>(x[i + lane]) * static_cast<float>(x[i + lane]);
        float sum = 0;
        for (; i < dim; ++i)
            sum += static_cast<float>(x[i]) * static_cast<float>(x[i]);
        out[row] = std::sqrt(sumOf<16>(sums) + sum);
    }
}
KVPRISM_CLONES
void normRowsOf(const float* x, std::int64_t rows, std::int64_t dim, float* out) {
    normRows(x, rows, dim, out);
}
KVPRISM_CLONES
void normRowsOf(const c10::BFloat16* x, std::int64_t rows, std::int64_t dim, float* out) {
    normRows(x, rows, dim, out);
}

template <class T> void gateRows(const T* gateUp, T* out, std::int64_t rows, std::int64_t width) {
    at::parallel_for(0, rows, rowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const T* gate = gateUp + row * 2 * width;
            gateRowOf(gate, gate + width, out + row * width, width);
        }
    });
}

} // namespace

at::Tensor gatedProduct(const at::Tensor& gateUp) {
    if (gateUp.is_cuda())
        return opsOf(gateUp).gatedProduct(gateUp);
    const std::int64_t rows = gateUp.size(0), width = gateUp.size(1) / 2;
    at::Tensor out = at::empty({rows, width}, gateUp.options());
    if (gateUp.scalar_type() == at::kFloat)
        gateRows(gateUp.const_data_ptr<float>(), out.data_ptr<float>(), rows, width);
    else
        gateRows(gateUp.const_data_ptr<c10::BFloat16>(), out.data_ptr<c10::BFloat16>(), rows, width);
    return out;
}

at::Tensor rowNorms(const at::Tensor& x) {
    if (x.is_cuda())
        return at::linalg_vector_norm(x.to(at::kFloat), 2, -1);
    const std::int64_t rows = x.size(1), dim = x.size(2);
    at::Tensor norms = at::empty({x.size(0), rows}, at::kFloat);
    float* out = norms.data_ptr<float>();
    constexpr std::int64_t fewest = 512; // rows that are worth another thread
    const auto each = [&](const auto* values) {
        at::parallel_for(0, x.size(0) * rows, fewest, [&](std::int64_t begin, std::int64_t end) {
            while (begin < end) {
                const std::int64_t plane = begin / rows, row = begin % rows;
                const std::int64_t count = std::min(end - begin, rows - row);
                normRowsOf(values + plane * x.stride(0) + row * dim, count, dim, out + begin);
                begin += count;
            }
        });
    };
    if (x.scalar_type() == at::kFloat)
        each(x.const_data_ptr<float>());
    else
        each(x.const_data_ptr<c10::BFloat16>());
    return norms;
}

at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    if (x.is_cuda())
        return opsOf(x).addNorm(x, {}, weight, epsilon);
    at::Tensor out = at::empty_like(x);
    const auto eps = static_cast<float>(epsilon);
    if (x.scalar_type() == at::kFloat)
        rmsNormRows(x.data_ptr<float>(), weight.data_ptr<float>(), out.data_ptr<float>(), x.size(0),
                    x.size(1), eps);
    else
        rmsNormRows(x.data_ptr<c10::BFloat16>(), weight.data_ptr<float>(), out.data_ptr<c10::BFloat16>(),
                    x.size(0), x.size(1), eps);
    return out;
}

at::Tensor addNorm(at::Tensor& hidden, const at::Tensor& delta, const at::Tensor& weight, double epsilon) {
    if (hidden.is_cuda())
        return opsOf(hidden).addNorm(hidden, delta, weight, epsilon);
    if (delta.defined())
        hidden.add_(delta);
    return rmsNorm(hidden, weight, epsilon);
}

namespace {

// rmsNorm of `heads` neighbouring heads in every row, in place: x[r, (first + h)·dim …] for h < heads, dim
// the size of `weight`. x [rows, width], contiguous.
void normaliseHeads(at::Tensor& x, std::int64_t first, std::int64_t heads, const at::Tensor& weight,
                    double epsilon) {
    const std::int64_t dim = weight.size(0), skipped = first * dim;
    const auto* scale = weight.data_ptr<float>();
    const auto eps = static_cast<float>(epsilon);
    if (x.scalar_type() == at::kFloat)
        normaliseRows(x.data_ptr<float>() + skipped, x.size(0), x.size(1), heads, scale, dim, eps);
    else
        normaliseRows(x.data_ptr<c10::BFloat16>() + skipped, x.size(0), x.size(1), heads, scale, dim, eps);
}

// Thousands of rows take the host longer than a GPU takes for a layer.
RotaryTable rotaryTableOnGpu(std::span<const StreamPos> positions, const std::vector<double>& frequencies,
                             at::Device device) {
    std::vector<std::int32_t> rows;
    for (const StreamPos position : positions)
        rows.push_back(position.value);
    const at::Tensor angles = onDevice(at::tensor(rows, at::kInt), device).to(at::kDouble).unsqueeze(1) *
                              onDevice(at::tensor(frequencies, at::kDouble), device);
    return {angles.cos().to(at::kFloat), angles.sin().to(at::kFloat)};
}

} // namespace

std::vector<double> rotaryFrequencies(std::int32_t headDim, const files::Rope& rope) {
    std::vector<double> frequencies;
    for (std::size_t i = 0; i < static_cast<std::size_t>(headDim / 2); ++i) {
        const double divisor = rope.divisors.empty() ? 1.0 : rope.divisors[i];
        frequencies.push_back(std::pow(rope.base, -2.0 * static_cast<double>(i) / headDim) / divisor);
    }
    return frequencies;
}

RotaryTable rotaryTable(std::span<const StreamPos> positions, std::int32_t headDim, const files::Rope& rope,
                        at::Device device) {
    const std::vector<double> frequencies = rotaryFrequencies(headDim, rope);
    if (device.is_cuda())
        return rotaryTableOnGpu(positions, frequencies, device);
    const std::int64_t half = headDim / 2;
    const auto rows = static_cast<std::int64_t>(positions.size());
    RotaryTable table{at::empty({rows, half}, at::kFloat), at::empty({rows, half}, at::kFloat)};
    float* cosine = table.cosine.data_ptr<float>();
    float* sine = table.sine.data_ptr<float>();
    for (std::int64_t i = 0; i < half; ++i)
        for (std::int64_t row = 0; row < rows; ++row) {
            const double angle =
                positions[static_cast<std::size_t>(row)].value * frequencies[static_cast<std::size_t>(i)];
            cosine[row * half + i] = static_cast<float>(std::cos(angle));
            sine[row * half + i] = static_cast<float>(std::sin(angle));
        }
    return table;
}

at::Tensor rotateAndStore(at::Tensor qkv, const RotaryTable& rotary, const HeadShape& heads,
                          const HeadNorms& norms, const StoreRows& store) {
    if (qkv.is_cuda())
        return opsOf(qkv).rotateAndStore(qkv, rotary, heads, norms, store);
    if (norms.query.defined()) {
        normaliseHeads(qkv, 0, heads.queryHeads, norms.query, norms.epsilon);
        normaliseHeads(qkv, heads.queryHeads, heads.kvHeads, norms.key, norms.epsilon);
    }
    at::Tensor query = at::empty({heads.kvHeads, qkv.size(0), heads.group(), heads.headDim}, qkv.options());
    if (qkv.scalar_type() == at::kFloat)
        rotateRows<float>(qkv, rotary, heads, query, store);
    else
        rotateRows<c10::BFloat16>(qkv, rotary, heads, query, store);
    return query;
}

void rotateKeys(const at::Tensor& keys, const RotaryTable& rotary, const at::Tensor& out) {
    if (keys.is_cuda())
        return opsOf(keys).rotateKeys(keys, rotary, out);
    if (keys.scalar_type() == at::kFloat)
        rotateAll<float>(keys, rotary, out);
    else
        rotateAll<c10::BFloat16>(keys, rotary, out);
}

} // namespace kvprism::model
