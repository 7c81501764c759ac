// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cuda/event.h"
#include "engine/kernels/decode_token.h"
#include "engine/model/device_ops.h"

#include <array>
#include <cstdint>

namespace kvprism::cuda {

// DeviceDecoder by the kernel that makes a token in one launch.
class CudaDecoder final : public model::DeviceDecoder {
  public:
    CudaDecoder(const model::Weights& weights, const cache::KvStore& store,
                std::span<const double> frequencies);
    ~CudaDecoder() override; // waits: what is under way writes to memory of ours
    CudaDecoder(const CudaDecoder&) = delete;
    CudaDecoder& operator=(const CudaDecoder&) = delete;
    void begin(std::int32_t token, std::int32_t slot, StreamPos position) override;
    void queue() override;
    std::int32_t take() override;
    std::span<const float> logits() override;

  private:
    static constexpr std::int64_t mostAhead = 4;

    kernels::DecodeShape m_shape;
    kernels::DecodeToken m_call;
    at::Tensor m_layers, m_frequencies, m_state, m_logits, m_scratch;
    at::Tensor m_hostState, m_hostTokens, m_hostLogits; // page-locked
    std::array<Event, mostAhead> m_done;                // when a token has reached m_hostTokens
    std::int64_t m_queued = 0, m_taken = 0;
};

// Null where the kernel does not take the type, the shape or the GPU.
std::unique_ptr<model::DeviceDecoder> makeDecoder(const model::Weights& weights, const cache::KvStore& store,
                                                  std::span<const double> frequencies);

} // namespace kvprism::cuda
