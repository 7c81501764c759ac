// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/bf16.h"
#include "tests/kernels/checks.h"
#include "tests/kernels/decode_twin.h"
#include "tests/kernels/device_memory.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace kvprism::test {

namespace {

using namespace kernels;

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

struct Variant {
    DecodeShape shape;
    bool bias = false, headNorms = false, valueNorms = false, tied = false;
    std::int32_t used = 0, tokens = 1;
    std::int64_t position = 0;
};

// Tokens there is room for.
int madeBy(const Variant& variant) {
    return static_cast<int>(std::min<std::int64_t>(variant.tokens, variant.shape.capacity - variant.used));
}

class RandomTwin {
  public:
    explicit RandomTwin(Checks& checks) : m_checks(checks) {}

    Bits bits(std::int64_t count, double deviation) {
        std::normal_distribution<double> normal(0, deviation);
        Bits result(at(count));
        for (std::uint16_t& value : result)
            value = bf16OfFloat(static_cast<float>(normal(m_checks.random())));
        return result;
    }
    std::vector<float> norm(std::int64_t count) {
        std::uniform_real_distribution<float> uniform(0.5f, 1.5f);
        std::vector<float> result(at(count));
        for (float& value : result)
            value = uniform(m_checks.random());
        return result;
    }
    // Of a matrix [out, in] whose products are as large as what it is given.
    Bits matrix(std::int64_t out, std::int64_t in) { return bits(out * in, 1 / std::sqrt(double(in))); }

    Twin make(const Variant& variant) {
        const DecodeShape& shape = variant.shape;
        const std::int64_t dim = shape.headDim, heads = shape.queryHeads + 2 * shape.kvHeads;
        Twin twin;
        twin.shape = shape;
        for (int index = 0; index < shape.layers; ++index) {
            TwinLayer layer;
            layer.attentionNorm = norm(shape.hidden);
            layer.feedForwardNorm = norm(shape.hidden);
            if (variant.headNorms) {
                layer.queryNorm = norm(dim);
                layer.keyNorm = norm(dim);
            }
            layer.queryKeyValue = matrix(heads * dim, shape.hidden);
            if (variant.bias)
                layer.queryKeyValueBias = bits(heads * dim, 1);
            layer.attentionOutput = matrix(shape.hidden, shape.queryHeads * dim);
            layer.gateUp = matrix(2 * shape.feedForward, shape.hidden);
            layer.down = matrix(shape.hidden, shape.feedForward);
            layer.keys = bits(shape.kvHeads * shape.capacity * dim, 1);
            layer.values = bits(shape.kvHeads * shape.capacity * dim, 1);
            // Rubbish where nothing is kept yet, as a store has it.
            for (std::int64_t head = 0; head < shape.kvHeads; ++head)
                for (Bits* store : {&layer.keys, &layer.values})
                    std::fill(store->begin() + (head * shape.capacity + variant.used) * dim,
                              store->begin() + (head + 1) * shape.capacity * dim, std::uint16_t(0xFFFF));
            if (variant.valueNorms)
                layer.valueNorms = norm(shape.kvHeads * shape.capacity);
            twin.layers.push_back(std::move(layer));
        }
        twin.embedding = bits(std::int64_t(shape.vocabulary) * shape.hidden, 1);
        twin.head = variant.tied ? twin.embedding : matrix(shape.vocabulary, shape.hidden);
        twin.finalNorm = norm(shape.hidden);
        for (int i = 0; i < shape.headDim / 2; ++i)
            twin.frequencies.push_back(std::pow(10000.0, -2.0 * i / shape.headDim));
        return twin;
    }

  private:
    Checks& m_checks;
};

// The twin's numbers on the device.
class OnDevice {
  public:
    explicit OnDevice(const Twin& twin)
        : m_embedding(twin.embedding), m_head(twin.head), m_finalNorm(twin.finalNorm),
          m_frequencies(twin.frequencies), m_layers(layersOf(twin)), m_scratch(scratchOf(twin.shape)) {}

    DecodeToken call(const Twin& twin, bool tied) {
        DecodeToken in;
        in.shape = twin.shape;
        in.layers = m_layers.data();
        in.embedding = m_embedding.data();
        in.finalNorm = m_finalNorm.data();
        in.head = tied ? m_embedding.data() : m_head.data();
        in.frequencies = m_frequencies.data();
        in.scratch = m_scratch.data();
        return in;
    }
    Bits keys(std::size_t layer) const { return m_stores[2 * layer].values(); }
    Bits values(std::size_t layer) const { return m_stores[2 * layer + 1].values(); }
    std::vector<float> valueNorms(std::size_t layer) const { return m_norms[layer].values(); }

  private:
    template <class T> T* put(std::deque<DeviceMemory<T>>& memory, const std::vector<T>& numbers) {
        return numbers.empty() ? nullptr : memory.emplace_back(numbers).data();
    }
    std::vector<DecodeLayer> layersOf(const Twin& twin) {
        std::vector<DecodeLayer> layers;
        for (const TwinLayer& from : twin.layers) {
            DecodeLayer layer;
            layer.attentionNorm = put(m_floats, from.attentionNorm);
            layer.feedForwardNorm = put(m_floats, from.feedForwardNorm);
            layer.queryKeyValue = put(m_matrices, from.queryKeyValue);
            layer.queryKeyValueBias = put(m_matrices, from.queryKeyValueBias);
            layer.queryNorm = put(m_floats, from.queryNorm);
            layer.keyNorm = put(m_floats, from.keyNorm);
            layer.attentionOutput = put(m_matrices, from.attentionOutput);
            layer.gateUp = put(m_matrices, from.gateUp);
            layer.down = put(m_matrices, from.down);
            layer.keys = put(m_stores, from.keys);
            layer.values = put(m_stores, from.values);
            layer.valueNorms = put(m_norms, from.valueNorms);
            layers.push_back(layer);
        }
        return layers;
    }
    static std::vector<unsigned char> scratchOf(const DecodeShape& shape) {
        return std::vector<unsigned char>(decodeScratchBytes(shape), 0);
    }

    std::deque<DeviceMemory<std::uint16_t>> m_matrices, m_stores;
    std::deque<DeviceMemory<float>> m_floats, m_norms;
    DeviceMemory<std::uint16_t> m_embedding, m_head;
    DeviceMemory<float> m_finalNorm;
    DeviceMemory<double> m_frequencies;
    DeviceMemory<DecodeLayer> m_layers;
    DeviceMemory<unsigned char> m_scratch;
};

// What some launches in a row leave behind.
struct Outcome {
    std::vector<std::vector<float>> logits; // after each
    std::vector<std::int32_t> ids;
    DecodeState state;
    std::vector<Bits> keys, values; // of each layer
    std::vector<std::vector<float>> valueNorms;
    bool operator==(const Outcome& other) const {
        return logits == other.logits && ids == other.ids && keys == other.keys && values == other.values &&
               valueNorms == other.valueNorms;
    }
};

Outcome decode(Checks& checks, const Twin& twin, const Variant& variant, const DecodeState& begin) {
    OnDevice device(twin);
    DecodeToken in = device.call(twin, variant.tied);
    DeviceMemory<DecodeState> state(std::vector<DecodeState>{begin});
    DeviceMemory<std::int32_t> ids(at(variant.tokens));
    DeviceMemory<float> logits(at(variant.tokens) * at(twin.shape.vocabulary));
    in.state = state.data();
    in.ids = ids.data();
    in.idsRoom = variant.tokens;
    for (int token = 0; token < variant.tokens; ++token) { // nobody looks in between
        in.logits = logits.data() + std::int64_t(token) * twin.shape.vocabulary;
        const Launched launched = decodeToken(in, nullptr);
        checks.expect(launched.ok(), std::string("decodeToken: ") +
                                         (launched.what ? launched.what : std::to_string(launched.code)));
    }
    check(cudaDeviceSynchronize(), "decodeToken");
    Outcome outcome;
    const std::vector<float> all = logits.values();
    for (int token = 0; token < madeBy(variant); ++token)
        outcome.logits.emplace_back(all.begin() + std::int64_t(token) * twin.shape.vocabulary,
                                    all.begin() + std::int64_t(token + 1) * twin.shape.vocabulary);
    outcome.ids = ids.values();
    outcome.state = state.values()[0];
    for (std::size_t layer = 0; layer < twin.layers.size(); ++layer) {
        outcome.keys.push_back(device.keys(layer));
        outcome.values.push_back(device.values(layer));
        if (variant.valueNorms)
            outcome.valueNorms.push_back(device.valueNorms(layer));
    }
    return outcome;
}

// A number of bf16 that the two round to different sides, by 2⁻⁸ of itself, moves a product of many by far
// less than 2⁻⁸ of what products are like; after some layers of them two steps of bf16 are left, against
// numbers of the size of 1.
constexpr double tolerance = 2.0 / 128;

void compareStores(Checks& checks, const Twin& twin, const Outcome& outcome, const std::string& name) {
    const auto same = [&](const Bits& found, const Bits& wanted, const std::string& what) {
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (found[i] != wanted[i]) // what was there before is there still, to the bit
                checks.near(double(floatOfBf16(found[i])), double(floatOfBf16(wanted[i])), tolerance, 1,
                            name + what + std::to_string(i));
    };
    for (std::size_t layer = 0; layer < twin.layers.size(); ++layer) {
        same(outcome.keys[layer], twin.layers[layer].keys, ", key ");
        same(outcome.values[layer], twin.layers[layer].values, ", value ");
        for (std::size_t i = 0; i < twin.layers[layer].valueNorms.size(); ++i)
            checks.near(double(outcome.valueNorms[layer][i]), double(twin.layers[layer].valueNorms[i]),
                        tolerance, 1, name + ", value norm");
    }
}

std::string nameOf(const Variant& variant) {
    const DecodeShape& shape = variant.shape;
    return "decode of " + std::to_string(shape.layers) + " layers, hidden " + std::to_string(shape.hidden) +
           ", heads " + std::to_string(shape.queryHeads) + "/" + std::to_string(shape.kvHeads) + " of " +
           std::to_string(shape.headDim) + ", feed-forward " + std::to_string(shape.feedForward) +
           (variant.bias ? ", bias" : "") + (variant.tied ? ", tied" : "") +
           (variant.headNorms ? ", head norms" : "") + ", used " + std::to_string(variant.used) +
           ", position " + std::to_string(variant.position);
}

void checkVariant(Checks& checks, const Variant& variant) {
    const std::string name = nameOf(variant);
    if (const char* refused = decodeRefusal(variant.shape))
        return checks.expect(false, name + ": " + refused);
    Twin twin = RandomTwin(checks).make(variant);
    const DecodeState begin{checks.between(0, variant.shape.vocabulary - 1), variant.used, variant.position,
                            0};
    const Outcome outcome = decode(checks, twin, variant, begin);
    checks.expect(outcome == decode(checks, twin, variant, begin), name + ": the same bits twice");
    const int made = madeBy(variant);
    // Embeddings as a head are not divided by the root of the width, as matrix() does.
    const double size = variant.tied ? std::sqrt(double(variant.shape.hidden)) : 1;
    std::int32_t token = begin.token;
    for (int i = 0; i < made; ++i) {
        const std::vector<double> wanted = twin.logits(token, variant.used + i, variant.position + i);
        const std::vector<float>& found = outcome.logits[at(i)];
        for (std::size_t id = 0; id < wanted.size(); ++id)
            checks.near(double(found[id]), wanted[id], tolerance, size,
                        name + ", token " + std::to_string(i) + ", logit " + std::to_string(id));
        token = outcome.ids[at(i)]; // the twin answers for the same tokens
        checks.expect(token == std::max_element(found.begin(), found.end()) - found.begin(),
                      name + ": the first of the largest");
    }
    checks.expect(outcome.state.slot == variant.used + made && outcome.state.token == token &&
                      outcome.state.position == variant.position + made && outcome.state.made == made,
                  name + ": the state behind it");
    compareStores(checks, twin, outcome, name);
}

Variant randomVariant(Checks& checks) {
    constexpr int dims[] = {64, 80, 96, 128, 256, 16};
    Variant variant;
    DecodeShape& shape = variant.shape;
    shape.layers = checks.between(0, 1) == 0 ? 1 : 3;
    shape.kvHeads = checks.between(1, 3);
    shape.queryHeads = shape.kvHeads * checks.between(1, 8);
    shape.headDim = dims[checks.between(0, 5)];
    shape.hidden = 8 * checks.between(4, 80);
    shape.feedForward = 8 * checks.between(1, 300);
    shape.vocabulary = checks.between(1, 900);
    shape.epsilon = 1e-5f;
    variant.tokens = checks.between(1, 4);
    variant.used = checks.between(0, 2) == 0 ? 0 : checks.between(0, checks.between(0, 1) == 0 ? 100 : 1200);
    shape.capacity = variant.used + checks.between(2, 6); // may be one too few
    variant.position = variant.used + (checks.between(0, 1) == 0 ? 0 : checks.between(0, 200'000));
    variant.bias = checks.between(0, 1) == 0;
    variant.headNorms = checks.between(0, 1) == 0;
    variant.valueNorms = checks.between(0, 1) == 0;
    variant.tied = checks.between(0, 3) == 0;
    return variant;
}

// Shapes that random ones do not reach.
std::vector<Variant> chosenVariants() {
    Variant wide{.shape = {1, 4104, 8, 2, 128, 6152, 300, 40, 1e-5f}, .used = 33, .tokens = 2};
    Variant longer{.shape = {1, 64, 4, 1, 64, 128, 77, 20'000, 1e-5f}, .used = 19'990, .tokens = 3};
    Variant wideFeedForward{.shape = {1, 4800, 4, 1, 64, 18'944, 99, 40, 1e-5f}, .used = 5, .tokens = 2};
    Variant widest{.shape = {1, 64, 4, 2, 64, 24'576, 99, 40, 1e-5f}, .used = 5, .tokens = 2};
    Variant manyRows{.shape = {1, 64, 2, 1, 64, 20'000, 30'001, 16, 1e-6f}, .used = 7, .tokens = 2};
    return {wide, longer, wideFeedForward, widest, manyRows};
}

void checkRefusals(Checks& checks) {
    const DecodeShape good{1, 64, 8, 2, 64, 128, 100, 16, 1e-5f};
    const auto refuses = [&](auto change) {
        DecodeShape shape = good;
        change(shape);
        checks.expect(decodeRefusal(shape) != nullptr, "a shape that is refused");
        DecodeToken in;
        in.shape = shape;
        checks.expect(decodeToken(in, nullptr).what != nullptr, "a launch that is refused");
    };
    refuses([](DecodeShape& shape) { shape.queryHeads = 18; });
    refuses([](DecodeShape& shape) { shape.headDim = 72; });
    refuses([](DecodeShape& shape) { shape.hidden = 60; });
    refuses([](DecodeShape& shape) { shape.hidden = 8200; });
    refuses([](DecodeShape& shape) { shape.feedForward = 100'000; });
}

} // namespace

void checkDecode(Checks& checks) {
    int major = 0;
    check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0), "cudaDeviceGetAttribute");
    if (major != 9)
        return; // the engine decodes otherwise there
    checkRefusals(checks);
    for (int round = 0; round < checks.rounds(); ++round)
        checkVariant(checks, randomVariant(checks));
    if (checks.rounds() >= 10)
        for (const Variant& variant : chosenVariants())
            checkVariant(checks, variant);
}

} // namespace kvprism::test
