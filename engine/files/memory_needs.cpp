// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/memory_needs.h"

#include <algorithm>
#include <limits>

namespace kvprism::files {

namespace {

double storeBytes(const ModelConfig& config, const ReadingNeeds& needs) {
    return static_cast<double>(needs.slots) *
           static_cast<double>(config.kvBytesPerToken(needs.bytesPerValue));
}

double onHost(const ModelConfig& config, const ReadingNeeds& needs) {
    const auto rows = static_cast<double>(needs.rows);
    const auto value = static_cast<double>(needs.bytesPerValue);
    // Hidden states, projections and the feed-forward's two halves, each with a temporary beside it.
    const double width = 4.0 * config.hidden +
                         2.0 * (config.queryHeads + 2.0 * config.kvHeads) * config.headDim +
                         5.0 * config.feedForward;
    const double logitRows =
        std::min(rows, 128.0) * config.queryHeads; // attention works in chunks of 128 rows
    const double attention = 2.0 * logitRows * static_cast<double>(needs.slots) * value;
    const double scoring = 2.0 * static_cast<double>(needs.promptRows) * config.queryHeads *
                           static_cast<double>(needs.slots) * sizeof(float);
    return storeBytes(config, needs) + rows * width * value + attention + scoring;
}

// As engine/model/decoder.cpp and engine/score/device_row_scorer.cpp hold them.
double onGpu(const ModelConfig& config, const ReadingNeeds& needs) {
    constexpr double workspaces = 40.0 * (1 << 20); // of cuBLAS and cuDNN
    const auto rows = static_cast<double>(needs.rows), slots = static_cast<double>(needs.slots);
    const auto value = static_cast<double>(needs.bytesPerValue);
    const double planes = static_cast<double>(config.layers) * config.kvHeads;
    const double norms = planes * slots * sizeof(float); // of the values in the store
    const double hidden = config.hidden, query = static_cast<double>(config.queryHeads) * config.headDim;
    const double projected = query + 2.0 * config.kvHeads * config.headDim;
    // Attention: the rows, their queries, and both parts' results beside the merged one; feed-forward: the
    // rows, gate and up, and their product.
    const double width = std::max({3 * hidden + projected, hidden + projected + query, hidden + 4 * query,
                                   3 * hidden + 2.0 * config.feedForward, hidden + 3.0 * config.feedForward});
    // The prompt rows' queries of all layers until the end; then, for each key of each layer, what the tiles
    // found and what they make.
    const double queries = static_cast<double>(needs.promptRows) * config.layers * query * value;
    const double found = needs.promptRows > 0 ? 2 * planes * slots * 2 * sizeof(float) : 0;
    return storeBytes(config, needs) + norms + queries +
           std::max(rows * width * value, rows * hidden * value + found) + workspaces;
}

} // namespace

std::uint64_t bytesNeeded(const ModelConfig& config, const ReadingNeeds& needs) {
    const double total = needs.onGpu ? onGpu(config, needs) : onHost(config, needs);
    return total < 9e18 ? static_cast<std::uint64_t>(total) : std::numeric_limits<std::uint64_t>::max();
}

} // namespace kvprism::files
