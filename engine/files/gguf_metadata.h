// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/gguf_cursor.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

namespace kvprism::files {

// Numbers of the types of metadata values in GGUF files.
enum class GgufType : std::uint32_t {
    uint8,
    int8,
    uint16,
    int16,
    uint32,
    int32,
    float32,
    boolean,
    string,
    array,
    uint64,
    int64,
    float64
};
inline constexpr std::uint32_t ggufTypes = 13;

// One metadata value, left where it lies in the file; walked once, so that reading it again cannot go wrong.
struct GgufValue {
    GgufType type = GgufType::uint8; // of the elements, where it is an array
    bool isArray = false;
    std::uint64_t count = 1;            // elements
    std::span<const std::byte> payload; // the elements one after another
};

using GgufMetadata = std::unordered_map<std::string_view, GgufValue>; // keys lie in the file

// Reads `count` key-value pairs at the cursor, which runs over `all`.
GgufMetadata readGgufMetadata(GgufCursor& cursor, std::span<const std::byte> all, std::uint64_t count);

// Element of a scalar type, as a number; nothing for strings and arrays, or where it does not fit.
std::optional<std::int64_t> integerAt(const GgufValue& value, std::uint64_t index);
std::optional<double> numberAt(const GgufValue& value, std::uint64_t index);

} // namespace kvprism::files
