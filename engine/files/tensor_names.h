// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kvprism::files {

// Names of a decoder's tensors: GGUF says "blk.3.attn_q.weight" for what safetensors files of transformers
// call "model.layers.3.self_attn.q_proj.weight". A name that is not in the table stays as it is.
std::string toGgufName(std::string_view safetensors);
std::string toSafetensorsName(std::string_view gguf);

} // namespace kvprism::files
