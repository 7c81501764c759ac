// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "engine/verify/verifier.h"

#include <stop_token>

namespace kvprism::verify {

// Asks a session over the recorded document and configuration what was asked, until something differs or all
// that was recorded has been compared. Errors: the session's and the recording's; interrupted where `stop`
// came first. The session's thread.
Result<Verification> runAgain(Session& session, const trace::RecordingReader& recorded,
                              EngineObserver* observer, std::stop_token stop);

} // namespace kvprism::verify
