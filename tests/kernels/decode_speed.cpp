// SPDX-License-Identifier: GPL-3.0-or-later
// How fast tokens are decoded at the shape of Llama-3.1-8B, against a device copy in the same process.
// decode_speed [kept slots = 4096] [launches = 64]
#include "engine/base/median.h"
#include "engine/kernels/bf16.h"
#include "engine/kernels/decode_token.h"
#include "tests/kernels/event_timer.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>
#include <string>

namespace {

using namespace kvprism;
using kernels::DecodeLayer, kernels::DecodeShape, kernels::DecodeState, kernels::DecodeToken;
using test::check, test::DeviceMemory;

// Device memory full of small random numbers in bf16.
class RandomMemory {
  public:
    RandomMemory() : m_pattern(patternOf()) {}
    std::uint16_t* take(std::int64_t count) {
        auto& memory = m_memory.emplace_back(static_cast<std::size_t>(count));
        for (std::int64_t begin = 0; begin < count; begin += patternSize)
            check(cudaMemcpy(memory.data() + begin, m_pattern.data(),
                             static_cast<std::size_t>(std::min(patternSize, count - begin)) * 2,
                             cudaMemcpyDeviceToDevice),
                  "cudaMemcpy");
        m_bytes += count * 2;
        return memory.data();
    }
    std::int64_t bytes() const { return m_bytes; }

  private:
    static constexpr std::int64_t patternSize = (std::int64_t(1) << 25) + 8;
    static std::vector<std::uint16_t> patternOf() {
        std::mt19937 random(1);
        std::normal_distribution<float> normal(0, 0.02f);
        std::vector<std::uint16_t> pattern(patternSize);
        for (std::uint16_t& value : pattern)
            value = kernels::bf16OfFloat(normal(random));
        return pattern;
    }
    DeviceMemory<std::uint16_t> m_pattern;
    std::deque<DeviceMemory<std::uint16_t>> m_memory;
    std::int64_t m_bytes = 0;
};

struct Model {
    DecodeShape shape{32, 4096, 32, 8, 128, 14336, 128256, 0, 1e-5f};
    RandomMemory weights, stores;
    std::vector<DecodeLayer> layers;
    std::uint16_t* head = nullptr;

    explicit Model(std::int64_t capacity) {
        shape.capacity = capacity;
        const std::int64_t hidden = shape.hidden, ofHeads = shape.queryHeads * shape.headDim,
                           ofKv = shape.kvHeads * shape.headDim;
        for (int index = 0; index < shape.layers; ++index) {
            DecodeLayer layer;
            layer.attentionNorm = layer.feedForwardNorm = norm.data();
            layer.queryKeyValue = weights.take((ofHeads + 2 * ofKv) * hidden);
            layer.attentionOutput = weights.take(hidden * ofHeads);
            layer.gateUp = weights.take(2 * shape.feedForward * hidden);
            layer.down = weights.take(hidden * shape.feedForward);
            layer.keys = stores.take(ofKv * capacity);
            layer.values = stores.take(ofKv * capacity);
            layers.push_back(layer);
        }
        head = weights.take(shape.vocabulary * hidden);
    }
    DeviceMemory<float> norm{std::vector<float>(8192, 1.0f)};
};

} // namespace

int main(int count, char** arguments) {
    const int kept = count > 1 ? std::stoi(arguments[1]) : 4096,
              launches = count > 2 ? std::stoi(arguments[2]) : 64;
    constexpr int rounds = 5;
    Model model(kept + (rounds + 1) * launches + 1);
    if (const char* refused = kernels::decodeRefusal(model.shape)) {
        std::puts(refused);
        return 77;
    }
    std::vector<double> frequencies;
    for (int i = 0; i < model.shape.headDim / 2; ++i)
        frequencies.push_back(std::pow(500000.0, -2.0 * i / model.shape.headDim));
    DeviceMemory<DecodeLayer> layers(model.layers);
    DeviceMemory<double> turns(frequencies);
    DeviceMemory<float> logits(static_cast<std::size_t>(model.shape.vocabulary));
    DeviceMemory<DecodeState> state(std::vector<DecodeState>{{1, kept, kept, 0}});
    DeviceMemory<unsigned char> scratch(
        std::vector<unsigned char>(kernels::decodeScratchBytes(model.shape), 0));
    DecodeToken in;
    in.shape = model.shape;
    in.layers = layers.data();
    in.embedding = in.head = model.head;
    in.finalNorm = model.norm.data();
    in.frequencies = turns.data();
    in.state = state.data();
    in.logits = logits.data();
    in.scratch = scratch.data();

    const std::size_t copied = std::size_t(2) << 30;
    DeviceMemory<unsigned char> from(copied), to(copied);
    test::EventTimer timer;
    std::vector<double> tokens, copies;
    for (int round = 0; round <= rounds; ++round) { // the first to warm up
        const double token = timer.milliseconds([&] {
            for (int i = 0; i < launches; ++i)
                check(static_cast<cudaError_t>(kernels::decodeToken(in, nullptr).code), "decodeToken");
        }) / launches;
        const double copy = timer.milliseconds([&] {
            for (int i = 0; i < 16; ++i)
                check(cudaMemcpyAsync(to.data(), from.data(), copied, cudaMemcpyDeviceToDevice),
                      "cudaMemcpyAsync");
        }) / 16;
        if (round > 0) {
            tokens.push_back(token);
            copies.push_back(copy);
        }
    }
    check(cudaDeviceSynchronize(), "decodeToken");
    const double rate = double(model.weights.bytes()) / median(tokens) / 1e6,
                 copyRate = 2 * double(copied) / median(copies) / 1e6;
    std::printf("%d kept, %d launches: %.3f ms a token (%.3f to %.3f); %.2f GB of weights, %.0f GB/s; device "
                "copy %.0f GB/s; ratio %.1f %%\n",
                kept, launches, median(tokens), *std::min_element(tokens.begin(), tokens.end()),
                *std::max_element(tokens.begin(), tokens.end()), double(model.weights.bytes()) / 1e9, rate,
                copyRate, 100 * rate / copyRate);
    return 0;
}
