// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/forced_answer.h"

#include <algorithm>
#include <vector>

namespace kvprism {

ForcedAnswer::ForcedAnswer(const Parts& parts) : m_parts(parts), m_memory(parts.store.used()) {}

ForcedAnswer::~ForcedAnswer() {
    m_parts.store.truncate(m_memory);
}

Result<at::Tensor> ForcedAnswer::forward(std::span<const std::int32_t> ids,
                                         const model::LayerObserver& observer, std::stop_token stop) {
    std::vector<StreamPos> positions;
    for (std::size_t i = 0; i < ids.size(); ++i)
        positions.push_back(m_parts.firstPosition + (m_parts.store.used() - m_memory) +
                            static_cast<std::int32_t>(i));
    return model::forward(m_parts.weights, m_parts.store, ids, positions, observer, std::move(stop));
}

Result<at::Tensor> ForcedAnswer::next(const model::LayerObserver& observer, std::stop_token stop) {
    const auto rows = static_cast<std::size_t>(
        std::min(rowsAtOnce, static_cast<std::int32_t>(m_parts.answerIds.size()) - m_first));
    const std::span<const std::int32_t> question = m_parts.questionIds;
    // Each token is predicted by the row of the one before it: the first by the question's last.
    std::vector<std::int32_t> ids;
    if (m_first == 0) {
        if (question.size() > 1)
            if (const auto read = forward(question.first(question.size() - 1), {}, stop); !read)
                return read.error();
        ids.push_back(question.back());
        const auto behind = m_parts.answerIds.first(rows - 1);
        ids.insert(ids.end(), behind.begin(), behind.end());
    } else {
        const auto behind = m_parts.answerIds.subspan(static_cast<std::size_t>(m_first) - 1, rows);
        ids.assign(behind.begin(), behind.end());
    }
    return forward(ids, observer, std::move(stop));
}

} // namespace kvprism
