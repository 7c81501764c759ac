// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/kernels/decode_twin.h"

#include "engine/kernels/bf16.h"

#include <algorithm>
#include <cmath>

namespace kvprism::test {

namespace {

using Doubles = std::vector<double>;

double number(std::uint16_t bits) {
    return double(kernels::floatOfBf16(bits));
}
std::uint16_t bitsOf(double value) {
    return kernels::bf16OfFloat(static_cast<float>(value));
}
double rounded(double value) {
    return number(bitsOf(value));
}
std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

Doubles product(const Bits& matrix, const Doubles& x) {
    Doubles result(matrix.size() / x.size());
    const std::uint16_t* row = matrix.data();
    for (double& sum : result) {
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += number(row[i]) * x[i];
        row += x.size();
    }
    return result;
}

// Of `count` numbers in place.
void normalise(double* x, std::int64_t count, const std::vector<float>& weight, float epsilon) {
    double squares = 0;
    for (std::int64_t i = 0; i < count; ++i)
        squares += x[i] * x[i];
    const double factor = 1 / std::sqrt(squares / double(count) + double(epsilon));
    for (std::int64_t i = 0; i < count; ++i)
        x[i] = rounded(x[i] * factor * double(weight[at(i)]));
}

void addTo(Doubles& sum, const Doubles& change) {
    for (std::size_t i = 0; i < sum.size(); ++i)
        sum[i] += change[i];
}

// One layer's attention for one token.
class TwinAttention {
  public:
    TwinAttention(const Twin& twin, TwinLayer& layer, std::int64_t slot, std::int64_t position)
        : m_twin(twin), m_shape(twin.shape), m_layer(layer), m_slot(slot), m_position(position) {}

    // projected [(query_heads + 2·kv_heads)·head_dim]; returns [query_heads·head_dim].
    Doubles run(Doubles projected) const {
        const std::int64_t dim = m_shape.headDim, group = m_shape.queryHeads / m_shape.kvHeads;
        for (int head = 0; head < m_shape.queryHeads; ++head)
            turn(&projected[at(head * dim)], m_layer.queryNorm, 1 / std::sqrt(double(dim)));
        for (int head = 0; head < m_shape.kvHeads; ++head) {
            double* key = &projected[at((m_shape.queryHeads + head) * dim)];
            turn(key, m_layer.keyNorm, 1);
            keep(head, key, key + m_shape.kvHeads * dim);
        }
        Doubles result;
        for (int head = 0; head < m_shape.queryHeads; ++head) {
            const Doubles one = attend(&projected[at(head * dim)], head / group);
            result.insert(result.end(), one.begin(), one.end());
        }
        return result;
    }

  private:
    void turn(double* head, const std::vector<float>& norm, double scale) const {
        const int half = m_shape.headDim / 2;
        if (!norm.empty())
            normalise(head, m_shape.headDim, norm, m_shape.epsilon);
        for (int i = 0; i < half; ++i) {
            const double angle = double(m_position) * m_twin.frequencies[at(i)];
            const double a = head[i], b = head[i + half], cosine = std::cos(angle), sine = std::sin(angle);
            head[i] = rounded((a * cosine - b * sine) * scale);
            head[i + half] = rounded((b * cosine + a * sine) * scale);
        }
    }
    void keep(int head, const double* key, const double* value) const {
        const std::int64_t to = head * m_shape.capacity + m_slot, dim = m_shape.headDim;
        double squares = 0;
        for (std::int64_t i = 0; i < dim; ++i) {
            m_layer.keys[at(to * dim + i)] = bitsOf(key[i]);
            m_layer.values[at(to * dim + i)] = bitsOf(value[i]);
            squares += value[i] * value[i];
        }
        if (!m_layer.valueNorms.empty())
            m_layer.valueNorms[at(to)] = static_cast<float>(std::sqrt(squares));
    }
    Doubles attend(const double* query, std::int64_t kvHead) const {
        const std::int64_t dim = m_shape.headDim, from = kvHead * m_shape.capacity * dim;
        Doubles logits(at(m_slot + 1)), result(at(dim));
        for (std::int64_t j = 0; j <= m_slot; ++j)
            for (std::int64_t i = 0; i < dim; ++i)
                logits[at(j)] += query[i] * number(m_layer.keys[at(from + j * dim + i)]);
        const double highest = *std::max_element(logits.begin(), logits.end());
        double sum = 0;
        for (std::int64_t j = 0; j <= m_slot; ++j) {
            const double weight = std::exp(logits[at(j)] - highest);
            sum += weight;
            for (std::int64_t i = 0; i < dim; ++i)
                result[at(i)] += weight * number(m_layer.values[at(from + j * dim + i)]);
        }
        for (double& value : result)
            value = rounded(value / sum);
        return result;
    }

    const Twin& m_twin;
    const kernels::DecodeShape& m_shape;
    TwinLayer& m_layer;
    std::int64_t m_slot, m_position;
};

Doubles normalised(Doubles x, const std::vector<float>& weight, float epsilon) {
    normalise(x.data(), static_cast<std::int64_t>(x.size()), weight, epsilon);
    return x;
}

} // namespace

std::vector<double> Twin::logits(std::int32_t token, std::int64_t slot, std::int64_t position) {
    Doubles hidden(at(shape.hidden));
    for (std::size_t i = 0; i < hidden.size(); ++i)
        hidden[i] = number(embedding[at(token) * hidden.size() + i]);
    for (TwinLayer& layer : layers) {
        Doubles projected =
            product(layer.queryKeyValue, normalised(hidden, layer.attentionNorm, shape.epsilon));
        for (std::size_t i = 0; i < projected.size(); ++i)
            projected[i] = rounded(
                projected[i] + (layer.queryKeyValueBias.empty() ? 0.0 : number(layer.queryKeyValueBias[i])));
        addTo(hidden, product(layer.attentionOutput,
                              TwinAttention(*this, layer, slot, position).run(std::move(projected))));
        const Doubles gateUp =
            product(layer.gateUp, normalised(hidden, layer.feedForwardNorm, shape.epsilon));
        Doubles gated(gateUp.size() / 2);
        for (std::size_t i = 0; i < gated.size(); ++i)
            gated[i] = rounded(gateUp[i] / (1 + std::exp(-gateUp[i])) * gateUp[gated.size() + i]);
        addTo(hidden, product(layer.down, gated));
    }
    return product(head, normalised(hidden, finalNorm, shape.epsilon));
}

} // namespace kvprism::test
