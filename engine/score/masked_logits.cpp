// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/masked_logits.h"

#include <limits>

namespace kvprism::score {

at::Tensor maskedLogits(const model::LayerView& view, std::int64_t first, std::int64_t count,
                        std::int64_t end) {
    const std::int64_t kvHeads = view.query.size(0);
    const std::int64_t group = view.query.size(2);
    const std::int64_t dim = view.query.size(3);
    const std::int64_t past = view.keys.size(1) - view.query.size(1);
    const at::Tensor query =
        view.query.narrow(1, first, count).to(at::kFloat).reshape({kvHeads, count * group, dim});
    const at::Tensor keys = view.keys.narrow(1, 0, end).to(at::kFloat);
    at::Tensor logits = at::bmm(query, keys.transpose(1, 2));
    for (std::int64_t row = 0; row < count; ++row) {
        const std::int64_t visible = past + first + row + 1;
        if (visible < end)
            logits.narrow(1, row * group, group)
                .narrow(2, visible, end - visible)
                .fill_(-std::numeric_limits<float>::infinity());
    }
    return logits;
}

} // namespace kvprism::score
