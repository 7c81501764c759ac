// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/evidence_finder.h"

#include "engine/model/row_ops.h"
#include "engine/score/masked_logits.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace kvprism {

namespace {

// The largest weight · ‖v‖ over layers and query heads, [rows, memory].
class HeaviestLinks {
  public:
    explicit HeaviestLinks(std::int64_t memory) : m_memory(memory) {}

    void add(const model::LayerView& view) {
        const std::int64_t kvHeads = view.query.size(0), rows = view.query.size(1),
                           group = view.query.size(2);
        const at::Tensor logits = score::maskedLogits(view, 0, rows, view.keys.size(1));
        const at::Tensor weights = at::softmax(logits, -1).narrow(2, 0, m_memory);
        const at::Tensor norms = model::rowNorms(view.values.narrow(1, 0, m_memory));
        const at::Tensor heaviest = (weights * norms.unsqueeze(1))
                                        .view({kvHeads, rows, group, m_memory})
                                        .amax(at::IntArrayRef({0, 2}));
        m_best = m_best.defined() ? at::maximum(m_best, heaviest) : heaviest;
    }

    at::Tensor take() { return std::exchange(m_best, at::Tensor()).contiguous().cpu(); }

  private:
    std::int64_t m_memory;
    at::Tensor m_best;
};

void appendRow(trace::Evidence& evidence, const float* weights, std::span<const StreamPos> memory,
               std::int32_t links) {
    std::vector<std::size_t> slots(memory.size());
    std::iota(slots.begin(), slots.end(), std::size_t{0});
    const auto wanted = std::min(static_cast<std::size_t>(links), slots.size());
    const auto end = slots.begin() + static_cast<std::ptrdiff_t>(wanted);
    std::partial_sort(slots.begin(), end, slots.end(), [weights](std::size_t a, std::size_t b) {
        return weights[a] != weights[b] ? weights[a] > weights[b] : a < b;
    });
    for (auto slot = slots.begin(); slot != end && weights[*slot] > 0; ++slot) {
        evidence.positions.push_back(memory[*slot]);
        evidence.weights.push_back(weights[*slot]);
    }
    evidence.ends.push_back(static_cast<std::uint32_t>(evidence.positions.size()));
}

} // namespace

Result<trace::Evidence> findEvidence(const ForcedAnswer::Parts& answer, std::span<const StreamPos> memory,
                                     std::int32_t links, std::stop_token stop) {
    trace::Evidence evidence;
    if (links < 1 || memory.empty())
        return evidence;
    HeaviestLinks heaviest(static_cast<std::int64_t>(memory.size()));
    for (ForcedAnswer forced(answer); !forced.done();) {
        const auto rows = forced.next([&](const model::LayerView& view) { heaviest.add(view); }, stop);
        if (!rows)
            return rows.error();
        const at::Tensor weights = heaviest.take();
        for (std::int64_t row = 0; row < weights.size(0); ++row)
            appendRow(evidence, weights.data_ptr<float>() + row * weights.size(1), memory, links);
        forced.advance(*rows);
    }
    return evidence;
}

} // namespace kvprism
