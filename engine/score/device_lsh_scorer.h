// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/score/device_step.h"
#include "engine/score/lsh_scorer.h"
#include "engine/select/config.h"

#include <memory>
#include <optional>

namespace kvprism::score {

// LshScorer on a GPU: signatures, collisions, matching bits, distances and, where the mode has an order of
// its own, the ranking; the same bits as on the CPU.
class DeviceLshScorer final : public Scorer {
  public:
    DeviceLshScorer(const LshScorer::Options& options, const StepTokens& tokens, select::LshMode mode,
                    std::optional<RankedPart> ranked, std::shared_ptr<DeviceStep> step)
        : m_options(options), m_memory(tokens.memory()), m_mode(mode), m_ranked(std::move(ranked)),
          m_step(std::move(step)) {}

    bool onDevice() const override { return true; }
    void add(const model::LayerView& view) override;
    void finish(select::StepScores& scores) override;

  private:
    at::Tensor rank(const model::LshTensors& lsh) const; // undefined where the mode draws

    LshScorer::Options m_options;
    std::int64_t m_memory;
    select::LshMode m_mode;
    std::optional<RankedPart> m_ranked;
    std::shared_ptr<DeviceStep> m_step;
    at::Tensor m_keys; // the last layer's, where they lie in the store
};

} // namespace kvprism::score
