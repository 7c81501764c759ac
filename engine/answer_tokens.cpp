// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/answer_tokens.h"

#include "engine/model/decode/token_decoder.h"
#include "engine/model/decoder.h"
#include "engine/model/device_ops.h"

#include <span>

namespace kvprism {

namespace {

class OnHost final : public AnswerTokens {
  public:
    OnHost(const model::Weights& weights, cache::KvStore& store, model::Sampler& sampler)
        : m_store(store), m_sampler(sampler), m_decoder(weights, at::get_num_threads()) {}
    Result<std::int32_t> next(std::int32_t last, StreamPos position, std::stop_token stop) override {
        const auto logits = m_decoder.next(m_store, last, position, std::move(stop));
        if (!logits)
            return logits.error();
        return m_sampler.next(*logits);
    }

  private:
    cache::KvStore& m_store;
    model::Sampler& m_sampler;
    model::TokenDecoder m_decoder;
};

// Where the choice needs no draw, the GPU makes it, and computes the token behind it while this one is shown.
class OnGpu final : public AnswerTokens {
  public:
    OnGpu(std::unique_ptr<model::DeviceDecoder> decoder, cache::KvStore& store, model::Sampler& sampler,
          bool greedy)
        : m_decoder(std::move(decoder)), m_store(store), m_sampler(sampler), m_greedy(greedy) {}
    Result<std::int32_t> next(std::int32_t last, StreamPos position, std::stop_token stop) override {
        if (stop.stop_requested())
            return interrupted("Stopped.");
        m_store.extend(1);
        if (!m_greedy || !m_begun) {
            m_decoder->begin(last, m_store.used() - 1, position);
            m_decoder->queue();
            m_begun = true;
        }
        if (!m_greedy)
            return m_sampler.next(m_decoder->logits());
        if (m_store.used() < m_store.capacity())
            m_decoder->queue();
        return m_decoder->take();
    }

  private:
    std::unique_ptr<model::DeviceDecoder> m_decoder;
    cache::KvStore& m_store;
    model::Sampler& m_sampler;
    bool m_greedy, m_begun = false;
};

class ByForward final : public AnswerTokens {
  public:
    ByForward(const model::Weights& weights, cache::KvStore& store, model::Sampler& sampler)
        : m_weights(weights), m_store(store), m_sampler(sampler) {}
    Result<std::int32_t> next(std::int32_t last, StreamPos position, std::stop_token stop) override {
        const auto hidden = model::forward(m_weights, m_store, std::span(&last, 1), std::span(&position, 1),
                                           {}, std::move(stop));
        if (!hidden)
            return hidden.error();
        const at::Tensor logits = model::logits(m_weights, *hidden).cpu();
        return m_sampler.next({logits.const_data_ptr<float>(), static_cast<std::size_t>(logits.numel())});
    }

  private:
    const model::Weights& m_weights;
    cache::KvStore& m_store;
    model::Sampler& m_sampler;
};

} // namespace

std::unique_ptr<AnswerTokens> answerTokens(const model::Weights& weights, cache::KvStore& store,
                                           model::Sampler& sampler, bool greedy) {
    if (weights.embedding.is_cpu())
        return std::make_unique<OnHost>(weights, store, sampler);
    const std::vector<double> frequencies =
        model::rotaryFrequencies(weights.config.headDim, weights.config.rope);
    if (auto decoder = model::opsOf(weights.embedding).decoder(weights, store, frequencies))
        return std::make_unique<OnGpu>(std::move(decoder), store, sampler, greedy);
    return std::make_unique<ByForward>(weights, store, sampler);
}

} // namespace kvprism
