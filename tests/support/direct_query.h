// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/tier.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What a recording holds, asked of its tables by SQL: none of the reader, the store or the models that the
// views stand on, so that these can be held against it.
namespace kvprism::test {

struct DirectStep {
    int begin = 0, end = 0, quota = 0;
    std::vector<int> positions;
    std::vector<trace::Tier> tiers;
    std::vector<trace::Reason> reasons;
    std::vector<bool> candidates;
    std::vector<int> selectors; // 255: none
    std::map<std::string, std::vector<float>> scores;
    std::map<int, float> cuts; // by selector
    int tables = 0, bits = 0;  // of LSH; 0: nothing was hashed
    std::vector<int> collisions;
    std::vector<float> u, distances;
    std::vector<std::vector<int>> signatures;       // [tables][held]; empty without text
    std::vector<std::vector<int>> promptSignatures; // [tables][prompt rows]
    std::int64_t bytesKept = -1;

    std::size_t rows() const { return positions.size(); }
    bool keeps(std::size_t row) const { return tiers[row] != trace::Tier::dropped; }
    int kept() const;
    std::optional<std::size_t> rowOf(int token) const;
    std::optional<trace::Tier> tierOf(int token) const; // nothing: not read yet
};

struct DirectRun {
    int tokens = 0, budget = 0, blockSize = 0;
    bool withoutText = false;
    std::vector<std::string> selectors;
    std::vector<std::string> pieces; // of each token
    std::vector<DirectStep> steps;

    std::optional<int> droppedAt(int token) const;
    std::optional<int> readAt(int token) const;
};

DirectRun directQuery(const std::string& path); // ends the process where a query fails

} // namespace kvprism::test
