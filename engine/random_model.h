// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/loaded_model.h"

namespace kvprism {

// loadModelFile for a request that names a shape instead of a file: random weights, a token for each byte.
Result<std::shared_ptr<const LoadedModel>> drawModel(const ModelRequest& request, at::Device device,
                                                     at::ScalarType dtype, EngineObserver* observer,
                                                     std::stop_token stop);

} // namespace kvprism
