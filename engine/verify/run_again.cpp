// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/run_again.h"

#include "engine/verify/recorded_run.h"

namespace kvprism::verify {

Result<Verification> runAgain(Session& session, const trace::RecordingReader& recorded,
                              EngineObserver* observer, std::stop_token stop) {
    std::stop_source enough; // also what `stop` asks for
    const std::stop_callback passedOn(stop, [&] { enough.request_stop(); });
    Verifier verifier(recorded, [&] { enough.request_stop(); });
    for (const std::string& question : recordedQuestions(recorded)) {
        const auto result = session.ask(question, &verifier, observer, enough.get_token());
        if (!verifier.status())
            return verifier.status().error();
        if (verifier.soFar().difference || verifier.isComplete())
            return verifier.soFar();
        const bool stopped = result ? result->answer.stopReason == trace::StopReason::interrupted
                                    : result.error().code == ErrorCode::interrupted;
        if (stopped && stop.stop_requested())
            return interrupted("Interrupted after " + std::to_string(verifier.soFar().steps) +
                               " steps, which were the same.");
        if (!result)
            return result.error();
    }
    return defect("The run that was done again ended before the recorded one.");
}

} // namespace kvprism::verify
