// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memory_check.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <optional>

namespace kvprism {

namespace {

constexpr std::uint64_t noLimit = std::numeric_limits<std::uint64_t>::max();

// A cgroup file that holds one number, or "max".
std::optional<std::uint64_t> numberIn(const char* path) {
    std::ifstream file(path);
    std::uint64_t value = 0;
    if (file >> value)
        return value;
    return std::nullopt;
}

std::uint64_t systemAvailable() {
    std::ifstream file("/proc/meminfo");
    std::string field;
    while (file >> field) {
        if (field == "MemAvailable:") {
            std::uint64_t kibibytes = 0;
            if (file >> kibibytes)
                return kibibytes * 1024;
        }
        file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return noLimit;
}

std::uint64_t containerAvailable() {
    const auto limit = numberIn("/sys/fs/cgroup/memory.max");
    const auto current = numberIn("/sys/fs/cgroup/memory.current");
    if (!limit || !current)
        return noLimit;
    return *limit > *current ? *limit - *current : 0;
}

} // namespace

std::uint64_t availableMemory() {
    return std::min(systemAvailable(), containerAvailable());
}

std::string inMebibytes(std::uint64_t bytes) {
    char text[48];
    std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
    return text;
}

std::uint64_t bytesNeeded(const files::ModelConfig& config, const ReadingNeeds& needs) {
    const auto rows = static_cast<double>(needs.rows);
    const auto value = static_cast<double>(needs.bytesPerValue);
    const double store =
        static_cast<double>(needs.slots) * static_cast<double>(config.kvBytesPerToken(needs.bytesPerValue));
    // Hidden states, projections and the feed-forward's two halves, each with a temporary beside it.
    const double width = 4.0 * config.hidden +
                         2.0 * (config.queryHeads + 2.0 * config.kvHeads) * config.headDim +
                         5.0 * config.feedForward;
    const double logitRows =
        std::min(rows, 128.0) * config.queryHeads; // attention works in chunks of 128 rows
    const double attention = 2.0 * logitRows * static_cast<double>(needs.slots) * value;
    const double scoring = 2.0 * static_cast<double>(needs.promptRows) * config.queryHeads *
                           static_cast<double>(needs.slots) * sizeof(float);
    const double total = store + rows * width * value + attention + scoring;
    return total < 9e18 ? static_cast<std::uint64_t>(total) : noLimit;
}

Status checkMemory(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available) {
    const std::uint64_t needed = bytesNeeded(config, needs);
    if (needed <= available)
        return {};
    const ReadingNeeds question{needs.promptRows, needs.promptRows, needs.promptRows, needs.bytesPerValue};
    if (needs.promptRows > 0 && bytesNeeded(config, question) > available)
        return usageError("The question has " + std::to_string(needs.promptRows) +
                          " tokens and alone needs " + inMebibytes(bytesNeeded(config, question)) +
                          ", but only " + inMebibytes(available) + " are available: ask a shorter one.");
    ReadingNeeds none = needs;
    none.slots = 0;
    ReadingNeeds one = needs;
    one.slots = 1;
    const std::uint64_t fixed = bytesNeeded(config, none);
    const std::uint64_t perSlot = std::max<std::uint64_t>(1, bytesNeeded(config, one) - fixed);
    const std::int64_t fits =
        available > fixed ? static_cast<std::int64_t>((available - fixed) / perSlot) : 0;
    std::string sentence = "Not enough memory: reading needs " + inMebibytes(needed) + ", but only " +
                           inMebibytes(available) + " are available";
    const std::int64_t budget = fits - needs.rows;
    sentence += budget > 0 ? "; a --budget of " + std::to_string(budget) + " tokens would fit."
                           : "; use a smaller --block-size.";
    return outOfMemory(std::move(sentence));
}

} // namespace kvprism
