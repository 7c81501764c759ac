// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace kvprism::cli {

// What one program made of one length.
struct PeerResult {
    std::string program; // "kvprism", "transformers", "kvpress SnapKV"
    std::int32_t tokens = 0;
    std::vector<double> readMs, decodeMs; // one a round; decodeMs of a single token
    std::uint64_t peakBytes = 0;          // on the device
    std::string failure;                  // "out of memory", "not installed"; empty: none

    std::optional<std::string> whyNot() const; // why there are no times; nothing: there are
    double readPerSecond() const;              // tokens, by the median
    double decodePerSecond() const;
};

struct PeersTable {
    nlohmann::ordered_json peer;  // what its first line said
    nlohmann::ordered_json model; // as kvprism read it
    std::string name, device;     // of the shape
    std::int32_t budget = 0, rounds = 0;
    std::vector<PeerResult> results; // by length, kvprism first
};

std::string peersText(const PeersTable& table);
nlohmann::ordered_json peersJson(const PeersTable& table);

} // namespace kvprism::cli
