// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#ifndef Q_MOC_RUN // the moc of Qt 6.4 cannot parse <concepts> of libstdc++ 12, which this leads to
#include <compare>
#endif
#include <cstdint>

namespace kvprism {

// An integer that cannot be mistaken for another kind of integer. Layout is that of int32_t, so columns of
// them are written to recordings as they are.
template <class Tag>
struct Strong {
    std::int32_t value = 0;

    constexpr Strong() = default;
    constexpr explicit Strong(std::int32_t v) : value(v) {}

    friend constexpr auto operator<=>(Strong, Strong) = default;
    constexpr Strong& operator++() { ++value; return *this; }
    friend constexpr Strong operator+(Strong a, std::int32_t b) { return Strong(a.value + b); }
    friend constexpr Strong operator-(Strong a, std::int32_t b) { return Strong(a.value - b); }
    friend constexpr std::int32_t operator-(Strong a, Strong b) { return a.value - b.value; }
};

using StreamPos = Strong<struct StreamPosTag>;   // position in the stream: prefix, then document
using SlotIndex = Strong<struct SlotIndexTag>;   // row of the K/V store
using BlockIndex = Strong<struct BlockIndexTag>; // step number, from 0
using LayerIndex = Strong<struct LayerIndexTag>;
using HeadIndex = Strong<struct HeadIndexTag>; // query head, unless a name says KV head
using TokenId = Strong<struct TokenIdTag>;     // row of the vocabulary

} // namespace kvprism
