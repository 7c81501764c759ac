// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/read_memory.h"
#include "engine/trace/run.h"

#include <string>

// A memory that outlives its session: `ask --save-memory F`, `ask --memory F`. The file is a safetensors file
// (https://github.com/huggingface/safetensors), so that other tools can read the keys and values, too:
// tensors "keys" and "values" [layers, kv_heads, kept, head_dim], keys rotated at their positions; everything
// else is one JSON text under "kvprism_memory" in its metadata, and "kvprism_sha256" is the checksum of both.
namespace kvprism {

// What a saved memory says of where it comes from.
struct MemoryOrigin {
    trace::ModelIdentity model; // name, sha256, dtype, layers, kvHeads, headDim
    trace::DocumentIdentity document;
};

// Writes beside `path` first and renames, so that what was there is whole until the new file is. Leaves
// alone what is no memory (usage). Errors: io.
Status saveMemory(const ReadMemory& memory, const MemoryOrigin& origin, const std::string& path);

// Reads a memory for this model: refused (usage) where it was made by another model or in another dtype,
// malformed where the file is not what saveMemory writes. The store has room for the memory alone.
struct OpenedMemory {
    ReadMemory memory;
    trace::DocumentIdentity document;
};
Result<OpenedMemory> openMemory(const std::string& path, const trace::ModelIdentity& model);

} // namespace kvprism
