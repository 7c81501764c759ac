// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <span>
#include <string>

// Where a memory may be saved; what is in the file, engine/memory_file.h knows.
namespace kvprism::files {

// In the metadata of a saved memory: a JSON text about it, and the SHA-256 of that text and the tensors'
// bytes.
inline constexpr const char* memoryMetadata = "kvprism_memory";
inline constexpr const char* memoryChecksum = "kvprism_sha256";

// Whether a saved memory is there, by its first bytes.
bool isSavedMemory(const std::string& path);

// The JSON text about a saved memory, out of the bytes of its file, whose header readSafetensors has checked:
// the checksum is right. `path` is for the sentences.
Result<std::string> aboutMemory(std::span<const std::byte> file, const std::string& path);

// Whether a whole memory is at `path`, of whatever model, before one is loaded for it. Errors: as of any file
// that is opened, or malformed.
Status checkSavedMemory(const std::string& path);

// Whether a memory may be saved at `path`, before a reading is spent on it: nothing is there, or an empty
// file or another memory, in a folder that can be written. Errors: usage, io.
Status maySaveMemory(const std::string& path);

} // namespace kvprism::files
