// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memory_check.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

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

// What a limit of this process (ulimit) leaves of what it has `used`, less what comes on its own: stacks and
// heaps of threads, scratch of the products.
std::uint64_t leftOf(int limit, std::uint64_t used) {
    constexpr std::uint64_t spare = 96ULL << 20;
    rlimit allowed{};
    if (getrlimit(limit, &allowed) != 0 || allowed.rlim_cur == RLIM_INFINITY)
        return noLimit;
    return allowed.rlim_cur > used + spare ? allowed.rlim_cur - used - spare : 0;
}

std::uint64_t processAvailable() {
    std::ifstream file("/proc/self/statm"); // proc(5): size resident shared text lib data dirty, in pages
    std::uint64_t size = 0, data = 0, skipped = 0;
    if (!(file >> size >> skipped >> skipped >> skipped >> skipped >> data))
        return noLimit;
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return std::min(leftOf(RLIMIT_AS, size * page), leftOf(RLIMIT_DATA, data * page));
}

// The largest budget that `available` bytes can surely hold beside a block's own.
std::int64_t budgetThatFits(const files::ModelConfig& config, ReadingNeeds needs, std::uint64_t available) {
    // The same start leaves now more, now less, as its threads take turns: who is told a budget wants it to
    // fit the next time.
    std::uint64_t unsteady = (48ULL << 20) + available / 16;
    const std::int64_t rows = needs.rows;
    needs.slots = 0;
    const std::uint64_t fixed = bytesNeeded(config, needs);
    if (needs.onGpu) // of a GPU's memory the allocator takes larger pieces than are used at once
        unsteady += 2 * fixed;
    available -= std::min(available, unsteady);
    needs.slots = 1;
    const std::uint64_t perSlot = std::max<std::uint64_t>(1, bytesNeeded(config, needs) - fixed);
    return available > fixed
               ? std::max<std::int64_t>(0, static_cast<std::int64_t>((available - fixed) / perSlot) - rows)
               : 0;
}

bool fitsInSomeBlock(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available) {
    constexpr std::int64_t smallest = 16;
    const std::int64_t rows = needs.promptRows + smallest;
    return bytesNeeded(config, {2 * rows, rows, needs.promptRows, needs.bytesPerValue, needs.onGpu}) <=
           available;
}

// What an error of want of memory names: 0 is none.
std::int64_t named(std::int64_t budget, std::int64_t leastBudget) {
    return budget >= leastBudget ? budget : 0;
}

std::string advice(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available,
                   std::int64_t budget) {
    if (budget > 0)
        return "a --budget of " + std::to_string(budget) + " tokens would fit.";
    return fitsInSomeBlock(config, needs, available)
               ? "use a smaller --block-size."
               : "no budget would surely fit beside this model: use a smaller model, or make room.";
}

} // namespace

std::uint64_t availableMemory() {
    return std::min({systemAvailable(), containerAvailable(), processAvailable()});
}

void shareHeapUnderLimit() {
    rlimit allowed{};
    // glibc reserves 64 MiB of addresses for each thread's heap, as it happens: a budget that fitted would
    // not fit the next time.
    if (getrlimit(RLIMIT_AS, &allowed) == 0 && allowed.rlim_cur != RLIM_INFINITY)
        mallopt(M_ARENA_MAX, 1);
}

std::string inMebibytes(std::uint64_t bytes) {
    char text[48];
    std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
    return text;
}

Status checkMemory(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available,
                   std::int64_t leastBudget) {
    const std::uint64_t needed = bytesNeeded(config, needs);
    if (needed <= available)
        return {};
    const ReadingNeeds question{needs.promptRows, needs.promptRows, needs.promptRows, needs.bytesPerValue,
                                needs.onGpu};
    ReadingNeeds shorter = needs;
    shorter.promptRows = std::min<std::int64_t>(needs.promptRows, 16);
    if (bytesNeeded(config, question) > available && fitsInSomeBlock(config, shorter, available))
        return usageError("The question has " + std::to_string(needs.promptRows) +
                          " tokens and alone needs " + inMebibytes(bytesNeeded(config, question)) +
                          ", but only " + inMebibytes(available) + " are available: ask a shorter one.");
    const std::int64_t budget = named(budgetThatFits(config, needs, available), leastBudget);
    return Error{ErrorCode::outOfMemory,
                 "Not enough memory: reading needs " + inMebibytes(needed) + ", but only " +
                     inMebibytes(available) + " are available; " + advice(config, needs, available, budget),
                 budget};
}

Error noMoreMemory(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available,
                   std::int64_t leastBudget) {
    // What was tried did not fit, whatever the estimate says.
    const std::int64_t tried = needs.slots - needs.rows;
    const std::int64_t budget =
        named(std::min(budgetThatFits(config, needs, available), tried - tried / 4), leastBudget);
    return {ErrorCode::outOfMemory,
            "The system gave no more memory while reading; " + advice(config, needs, available, budget),
            budget};
}

} // namespace kvprism
