// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/recording/column_codec.h"
#include "engine/trace/recording/database.h"
#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <cstdint>
#include <string>

// The tables step_columns and lsh: what a step knew about each token.
namespace kvprism::trace::recording {

// One list of held tokens for all layers and heads; other numbers are kept for a list per layer and head.
inline constexpr std::int64_t sharedList = 0;

inline std::string stepName(std::int32_t index) {
    return "step " + std::to_string(index);
}

// Keeps its prepared statements from step to step. Must go before its Database.
class StepColumnsWriter {
  public:
    // `withoutText`: signatures stay out, as text can be guessed from them.
    static Result<StepColumnsWriter> open(const Database& database, bool withoutText);
    Status write(ColumnEncoder& encoder, const CompressionStep& step);

  private:
    Status writePrompt(ColumnEncoder& encoder, const CompressionStep& step);

    Statement m_column;
    Statement m_lsh;
    bool m_withoutText = false;
};

// The columns of a step that holds `held` tokens, each value in its range: positions ascend below the block's
// end, tiers, reasons and selectors are known ones, all columns are parallel. `isNewer`: what a newer minor
// version added is passed over.
Result<HeldTokens> readStepColumns(const Database& database, const Run& run, const CompressionStep& step,
                                   std::int32_t held, bool isNewer);

} // namespace kvprism::trace::recording
