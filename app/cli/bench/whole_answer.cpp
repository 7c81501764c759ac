// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/whole_answer.h"

namespace kvprism::cli {

Result<AskResult> wholeAnswer(Session& session, const std::string& question, Interrupt& interrupt,
                              trace::TraceSink* sink) {
    auto result = session.ask(question, sink, nullptr, interrupt.beginWork());
    interrupt.endWork();
    if (result && result->answer.stopReason == trace::StopReason::interrupted)
        return interrupted("Interrupted.");
    return result;
}

} // namespace kvprism::cli
