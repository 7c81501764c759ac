// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// What makes a file a .kvtrace: docs/recording.md describes it for people who read it with other tools.
namespace kvprism::trace::recording {

inline constexpr std::int32_t applicationId = 0x6B765472; // "kvTr"

// user_version is 1000 · major + minor. A reader knows every older version, reads a newer minor one as far as
// it knows it, and refuses a newer major one.
inline constexpr std::int32_t formatMajor = 1;
inline constexpr std::int32_t formatMinor = 2;
inline constexpr std::int32_t formatVersion = 1000 * formatMajor + formatMinor;

// No real stream comes near; it bounds what a hostile file can make us allocate.
inline constexpr std::int32_t maxStreamTokens = 1 << 24;
inline constexpr std::int32_t maxPieceBytes = 1 << 30;

inline constexpr std::array<std::string_view, 3> outcomeNames{"finished", "stopped", "failed"};

// Names in step_columns. Score columns are "score:" and the column's name, in the order of
// HeldTokens::scores.
inline constexpr std::string_view positionColumn = "position";
inline constexpr std::string_view tierColumn = "tier";
inline constexpr std::string_view reasonColumn = "reason";
inline constexpr std::string_view candidateColumn = "candidate";
inline constexpr std::string_view selectorColumn = "selector";
inline constexpr std::string_view scorePrefix = "score:";
inline constexpr std::string_view peakLayerColumn = "peak_layer";
inline constexpr std::string_view peakHeadColumn = "peak_head";
inline constexpr std::string_view peakRowColumn = "peak_row";
inline constexpr std::string_view lshCollisionsColumn = "lsh_collisions";
inline constexpr std::string_view lshDistanceColumn = "lsh_distance";
inline constexpr std::string_view lshUColumn = "lsh_u";
inline constexpr std::string_view lshSignaturePrefix = "lsh_signature:"; // and the table's number, from 0

// Names in answer_columns.
inline constexpr std::string_view textEndColumn = "text_end";
inline constexpr std::string_view denseTextEndColumn = "dense_text_end";
inline constexpr std::string_view evidenceEndColumn = "evidence_end";
inline constexpr std::string_view evidencePositionColumn = "evidence_position";
inline constexpr std::string_view evidenceWeightColumn = "evidence_weight";
inline constexpr std::string_view denseIdColumn = "dense_id";
inline constexpr std::string_view denseDivergenceColumn = "dense_divergence";
inline constexpr std::string_view denseLossColumn = "dense_loss";
inline constexpr std::string_view lossColumn = "loss";
inline constexpr std::string_view sameLikeliestColumn = "same_likeliest";

extern const char* const schema; // the statements that make the empty tables

} // namespace kvprism::trace::recording
