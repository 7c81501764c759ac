// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/gguf.h"
#include "engine/files/model_config.h"
#include "engine/files/safetensors.h"

namespace kvprism::files {

// The two places where a model says what it is, without its tensors: readModelConfig looks at those.
Result<ModelConfig> readGgufConfig(const GgufFile& file);
Result<ModelConfig> readFolderConfig(const SafetensorsFolder& folder);

} // namespace kvprism::files
