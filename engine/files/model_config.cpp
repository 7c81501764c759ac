// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_config.h"

#include "engine/files/config_readers.h"
#include "engine/files/model_tensors.h"

namespace kvprism::files {

Result<ModelConfig> readModelConfig(const ModelFile& file) {
    const auto* gguf = dynamic_cast<const GgufFile*>(&file);
    const auto* folder = dynamic_cast<const SafetensorsFolder*>(&file);
    if (!gguf && !folder)
        return defect(file.path() + " is of a kind that has no configuration.");
    auto config = gguf ? readGgufConfig(*gguf) : readFolderConfig(*folder);
    if (!config)
        return config.error();
    if (const Status tensors = checkModelTensors(file, *config); !tensors)
        return tensors.error();
    return config;
}

} // namespace kvprism::files
