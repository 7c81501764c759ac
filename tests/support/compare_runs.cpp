// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/compare_runs.h"

#include <algorithm>

namespace kvprism::test {

using namespace trace;

namespace {

std::string differenceOfRuns(const TraceStore& a, const TraceStore& b) {
    if (!a.run() || !b.run())
        return a.run() == b.run() ? "" : "one has no run";
    if (a.run()->tokens != b.run()->tokens)
        return "the token tables differ";
    return *a.run() == *b.run() ? "" : "the runs differ";
}

std::string differenceOfSteps(const TraceStore& a, const TraceStore& b, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const std::string step = "step " + std::to_string(i);
        if (a.steps()[i]->held != b.steps()[i]->held)
            return step + ": the held tokens differ";
        if (*a.steps()[i] != *b.steps()[i])
            return step + " differs";
    }
    return "";
}

std::string differenceOfApplied(const TraceStore& a, const TraceStore& b, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (a.applied()[i] != b.applied()[i])
            return "what was applied in step " + std::to_string(i) + " differs";
    return "";
}

} // namespace

std::string firstDifferenceOfPrefix(const TraceStore& part, const TraceStore& whole) {
    if (const std::string found = differenceOfRuns(part, whole); !found.empty())
        return found;
    if (part.steps().size() > whole.steps().size())
        return "more steps than there were";
    if (part.applied().size() > part.steps().size())
        return "more steps applied than planned";
    if (const std::string found = differenceOfSteps(part, whole, part.steps().size()); !found.empty())
        return found;
    if (const std::string found = differenceOfApplied(part, whole, part.applied().size()); !found.empty())
        return found;
    if (part.answers().size() > whole.answers().size())
        return "more answers than there were";
    for (std::size_t i = 0; i < part.answers().size(); ++i)
        if (*part.answers()[i] != *whole.answers()[i])
            return "answer " + std::to_string(i) + " differs";
    if (part.end() && part.end() != whole.end())
        return "the ends differ";
    return "";
}

std::string firstDifference(const TraceStore& a, const TraceStore& b) {
    if (const std::string found = firstDifferenceOfPrefix(a, b); !found.empty())
        return found;
    if (a.steps().size() != b.steps().size())
        return "the numbers of steps differ";
    if (a.applied().size() != b.applied().size())
        return "the numbers of applied steps differ";
    if (a.answers().size() != b.answers().size())
        return "the numbers of answers differ";
    return a.end() == b.end() ? "" : "one has not ended";
}

} // namespace kvprism::test
