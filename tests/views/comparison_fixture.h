// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/views/view_fixture.h"
#include "views/models/run_comparison.h"

namespace kvprism::test {

// An invented run over the tokens of another one: what a second strategy might have made of them.
inline views::TraceBatch otherRunOver(const views::TraceBatch& first, const SyntheticOptions& options) {
    views::TraceBatch batch = syntheticBatch(options);
    auto run = std::make_shared<trace::Run>(*batch.run);
    run->tokens = first.run->tokens;
    batch.run = run;
    return batch;
}

// Two invented runs over the same tokens.
struct ComparisonFixture : ViewFixture {
    explicit ComparisonFixture(const SyntheticOptions& a = {}, const SyntheticOptions& b = otherOptions())
        : ViewFixture(a), comparison(&model) {
        other.append(otherRunOver(whole, b));
        comparison.setOther(&other);
    }

    static SyntheticOptions otherOptions() {
        SyntheticOptions options;
        options.budget = 768;
        options.divisor = 6;
        options.seed = 9;
        return options;
    }

    views::TraceModel other;
    views::RunComparison comparison;
};

} // namespace kvprism::test
