// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/model_file.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace kvprism::files {

// Tensors of one safetensors file, with the names it has for them, in the order of their data. The rules of
// the format, as its README has them, are enforced: 8 bytes of length, at most 100 MB of header, which is one
// JSON object of unique names, padded with spaces only; every tensor has a type that is known, as many bytes
// as its shape asks for, and lies within the data; the tensors fill the data without holes and do not
// overlap. Types other than F32, F16 and BF16 are `unavailable`. `path` is for the sentence.
Result<std::vector<Tensor>> readSafetensors(std::span<const std::byte> file, const std::string& path);

} // namespace kvprism::files
