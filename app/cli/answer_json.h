// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/answer.h"

#include <nlohmann/json.hpp>

namespace kvprism::cli {

// What stands beside an answer's text, as docs/json.md tells it: null where it was not recorded.
nlohmann::ordered_json evidenceJson(const trace::Answer& answer);
nlohmann::ordered_json denseReferenceJson(const trace::Answer& answer);

} // namespace kvprism::cli
