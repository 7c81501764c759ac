// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/loaded_model.h"
#include "engine/select/geometry.h"
#include "engine/text/document.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kvprism {

// What a person should know about a run before it begins: sentences.
struct PromptTokens {
    std::int32_t question = 0;
    std::int32_t scoring = 0; // rows run behind each block
    bool isFirst = true;      // question of its session
};
std::vector<std::string> runNotices(const LoadedModel& model, const text::Document& document,
                                    const select::Config& config, const select::Geometry& geometry,
                                    const PromptTokens& prompt);

} // namespace kvprism
