// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/without_text.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace kvprism::trace::recording {

namespace {

// Options whose values are numbers or words of ours. Others (a standing prompt, stop words, paths, what later
// versions add) may hold text of the user's, so their values go: a new option is safe until somebody lists it
// here.
constexpr std::array<std::string_view, 35> harmlessOptions{"preset",
                                                           "method",
                                                           "mode",
                                                           "budget",
                                                           "budget-scope",
                                                           "compression-ratio",
                                                           "block-size",
                                                           "protection-divisor",
                                                           "scoring",
                                                           "observation-window",
                                                           "score-pool",
                                                           "score-pool-width",
                                                           "backend",
                                                           "hybrid-primary",
                                                           "hybrid-secondary",
                                                           "hybrid-ratio",
                                                           "lsh-mode",
                                                           "num-tables",
                                                           "num-bits",
                                                           "tie-break",
                                                           "positions",
                                                           "layout",
                                                           "seed",
                                                           "max-new-tokens",
                                                           "temperature",
                                                           "top-p",
                                                           "self-exclusion",
                                                           "record-detail",
                                                           "device",
                                                           "dtype",
                                                           "threads",
                                                           "pin",
                                                           "evict",
                                                           "evidence",
                                                           "dense-reference"};

bool isHarmless(const Setting& setting) {
    return std::find(harmlessOptions.begin(), harmlessOptions.end(), setting.name) != harmlessOptions.end();
}

} // namespace

Run withoutText(const Run& run) {
    Run rest = run;
    rest.withoutText = true;
    for (Setting& setting : rest.config)
        if (!isHarmless(setting))
            setting.value.clear();
    // A model whose file says no name of its own is called after the file.
    if (rest.model.path.find(rest.model.name) != std::string::npos)
        rest.model.name.clear();
    rest.model.path.clear();
    rest.document = {"", "", "", run.document.bytes};
    rest.question.clear();
    rest.notices.clear();
    rest.promptIds.assign(run.promptIds.size(), -1);
    rest.tokens = {};
    rest.tokens.ids.assign(run.tokens.size(), -1);
    rest.tokens.byteOffsets.assign(run.tokens.size(), -1);
    rest.tokens.pieceEnds.assign(run.tokens.size(), 0);
    return rest;
}

Answer withoutText(const Answer& answer) {
    Answer rest = answer;
    rest.question.clear();
    rest.text.clear();
    rest.ids.assign(answer.ids.size(), -1);
    rest.textEnds.clear();
    if (rest.dense) {
        rest.dense->textEnds.clear();
        rest.dense->text.clear();
        rest.dense->ids.assign(rest.dense->size(), -1);
    }
    return rest;
}

RunEnd withoutText(const RunEnd& end) {
    RunEnd rest = end;
    rest.message.clear(); // may name files
    return rest;
}

} // namespace kvprism::trace::recording
