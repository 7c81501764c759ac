// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cuda/cuda_decoder.h"
#include "engine/cuda/event.h"
#include "engine/model/device_ops.h"

#include <array>

namespace kvprism::cuda {

// By our kernels and cuDNN's attention, on the current device and stream.
class CudaOps final : public model::DeviceOps {
  public:
    std::uint64_t availableBytes() const override;
    at::Tensor addNorm(const at::Tensor& hidden, const at::Tensor& delta, const at::Tensor& weight,
                       double epsilon) override;
    at::Tensor gatedProduct(const at::Tensor& gateUp) override;
    at::Tensor rotateAndStore(const at::Tensor& qkv, const model::RotaryTable& rotary,
                              const model::HeadShape& heads, const model::HeadNorms& norms,
                              const model::StoreRows& store) override;
    void rotateKeys(const at::Tensor& keys, const model::RotaryTable& rotary, const at::Tensor& out) override;
    at::Tensor attend(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                      model::AttentionByProducts* byProducts) override;
    void compact(const at::Tensor& keys, const at::Tensor& values, const at::Tensor& valueNorms,
                 std::span<const std::int32_t> kept) override;
    // cuda_scores.cpp
    void addColumnSums(const model::ColumnRows& rows, const at::Tensor& sums) override;
    void raisePeaks(const model::ColumnRows& rows, const at::Tensor& valueNorms, std::int64_t firstLayer,
                    std::int64_t kvHeadsOfLayer, model::RaisedPeaks& peaks) override;
    model::LshTensors lsh(const model::LshRequest& request) override;
    at::Tensor poolScores(const at::Tensor& positions, const at::Tensor& raw, bool maximum,
                          std::int32_t width) override;
    at::Tensor rank(const model::RankRequest& request) override;

    std::unique_ptr<model::DeviceDecoder> decoder(const model::Weights& weights, const cache::KvStore& store,
                                                  std::span<const double> frequencies) override {
        return makeDecoder(weights, store, frequencies);
    }
    void keepPace() override;
    std::unique_ptr<model::DeviceStopwatch> stopwatch() override;

  private:
    static constexpr std::size_t mostLayersAhead = 8; // enough to do while the host is elsewhere
    std::array<Event, mostLayersAhead> m_layers;      // ends of the last ones queued
    std::size_t m_layersQueued = 0;
};

} // namespace kvprism::cuda
