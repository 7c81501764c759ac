// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/model_config.h"

namespace kvprism::files {

// Whether the file has the tensors that a model of this shape is made of, each with its shape, and no others.
// malformed: one is missing or has another shape. unavailable: there is one that we would not use, so that
// the model would answer wrongly in silence (biases, more blocks than it says).
Status checkModelTensors(const ModelFile& file, const ModelConfig& config);

} // namespace kvprism::files
