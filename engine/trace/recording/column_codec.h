// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/base/types.h"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

// A column of numbers as a recording holds it: differences where neighbours are close (delta), then byte
// planes (the lowest byte of every value, then the next one, …: bytes of one kind compress best beside each
// other), then one zstd frame with its content size and checksum.
namespace kvprism::trace::recording {

// The unsigned integer that holds the bits of T.
template <class T>
using BitsOf =
    std::conditional_t<sizeof(T) == 1, std::uint8_t,
                       std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                          std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;

template <class T> constexpr std::string_view typeName() {
    if constexpr (std::same_as<T, float>)
        return "f32";
    if constexpr (std::same_as<T, std::int32_t> || std::same_as<T, StreamPos>)
        return "i32";
    if constexpr (std::same_as<T, std::int64_t>)
        return "i64";
    if constexpr (std::same_as<T, std::uint32_t>)
        return "u32";
    if constexpr (std::same_as<T, std::uint16_t>)
        return "u16";
    return "u8"; // enums of one byte, flags and text
}

// Keeps its buffers from one column to the next.
class ColumnEncoder {
  public:
    ColumnEncoder();
    ~ColumnEncoder();

    // The frame; valid until the next call. Empty where memory is short.
    template <class T> std::span<const std::byte> encode(std::span<const T> values, bool delta) {
        using Bits = BitsOf<T>;
        m_planes.resize(values.size() * sizeof(Bits));
        Bits previous = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const Bits bits = std::bit_cast<Bits>(values[i]);
            const Bits stored = static_cast<Bits>(delta ? bits - previous : bits);
            previous = bits;
            for (std::size_t b = 0; b < sizeof(Bits); ++b)
                m_planes[b * values.size() + i] = static_cast<std::byte>(stored >> (8 * b));
        }
        return compressPlanes();
    }

  private:
    std::span<const std::byte> compressPlanes();

    struct Context;
    std::unique_ptr<Context> m_context;
    std::vector<std::byte> m_planes;
    std::vector<std::byte> m_frame;
};

// Whether frames of `packed` bytes may say that they hold `bytes`. Equal values pack to next to nothing, so
// that a small file can ask for any memory: `free` bytes are never too many, beyond them a sound column does
// not reach this ratio.
inline constexpr std::uint64_t bestRatio = 1024;
constexpr bool mayHold(std::uint64_t packed, std::uint64_t bytes, std::uint64_t free) {
    return bytes <= free || (bytes - free) / bestRatio <= packed;
}

// The planes inside `frame`, which must be one whole zstd frame that says it holds exactly `bytes` bytes;
// nothing is allocated before that is known. The error is a clause: "its checksum does not match".
Result<std::vector<std::byte>> decompressPlanes(std::span<const std::byte> frame, std::uint64_t bytes);

template <class T>
Result<std::vector<T>> decodeColumn(std::span<const std::byte> frame, std::size_t count, bool delta) {
    using Bits = BitsOf<T>;
    auto planes = decompressPlanes(frame, std::uint64_t{count} * sizeof(Bits));
    if (!planes)
        return planes.error();
    std::vector<T> values(count);
    Bits previous = 0;
    for (std::size_t i = 0; i < count; ++i) {
        Bits bits = 0;
        for (std::size_t b = 0; b < sizeof(Bits); ++b)
            bits = static_cast<Bits>(bits | (std::to_integer<Bits>((*planes)[b * count + i]) << (8 * b)));
        if (delta)
            bits = static_cast<Bits>(bits + previous);
        previous = bits;
        values[i] = std::bit_cast<T>(bits);
    }
    return values;
}

} // namespace kvprism::trace::recording
