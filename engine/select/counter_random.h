// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvprism::select {

// SplitMix64's finaliser (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014,
// with Stafford's variant 13 of the constants): a bijection of 64 bits that leaves no visible pattern.
constexpr std::uint64_t mixBits(std::uint64_t bits) {
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
    return bits ^ (bits >> 31);
}

// Random bits as a function of what they are for, not of what was drawn before: the same on every machine and
// in every order.
constexpr std::uint64_t randomBits(std::uint64_t seed, std::uint64_t step, std::uint64_t position) {
    constexpr std::uint64_t golden = 0x9e3779b97f4a7c15ULL; // 2⁶⁴/φ, SplitMix64's increment
    return mixBits(mixBits(mixBits(seed + golden) + step + golden) + position + golden);
}

} // namespace kvprism::select
