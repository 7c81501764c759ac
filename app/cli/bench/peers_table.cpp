// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/peers_table.h"

#include "app/cli/words.h"
#include "engine/base/median.h"

#include <fmt/format.h>

namespace kvprism::cli {

namespace {

double rate(double count, double milliseconds) {
    return milliseconds > 0 ? count * 1000 / milliseconds : 0;
}

std::string lineOf(const PeerResult& result) {
    const std::string begin = fmt::format("{:>9}  {:<16}", grouped(result.tokens), result.program);
    if (const auto why = result.whyNot())
        return fmt::format("{} {}\n", begin, *why);
    return fmt::format("{} {:>12} {:>12} {:>12}\n", begin, fixed(result.readPerSecond(), 0),
                       fixed(result.decodePerSecond(), 1),
                       result.peakBytes > 0 ? bytesText(result.peakBytes) : std::string("not counted"));
}

} // namespace

std::optional<std::string> PeerResult::whyNot() const {
    if (!failure.empty())
        return failure;
    return readMs.empty() ? std::optional<std::string>("not measured") : std::nullopt;
}

double PeerResult::readPerSecond() const {
    return rate(tokens, median(readMs));
}

double PeerResult::decodePerSecond() const {
    return rate(1, median(decodeMs));
}

std::string peersText(const PeersTable& table) {
    std::string text =
        fmt::format("kvprism {}: {} on {}, {} tokens kept; medians of {}\n", KVPRISM_VERSION,
                    forTerminal(table.name), table.device, grouped(table.budget), table.rounds);
    const auto said = [&](const char* field) { return forTerminal(table.peer.value(field, "?")); };
    text += fmt::format("{} {}, torch {}, attention {}: all tokens kept, logits of the last one only\n\n",
                        said("name"), said("version"), said("torch"), said("attention"));
    text += fmt::format("{:>9}  {:<16} {:>12} {:>12} {:>12}\n", "tokens", "", "read/s", "single/s", "peak");
    for (const PeerResult& result : table.results)
        text += lineOf(result);
    return text;
}

nlohmann::ordered_json peersJson(const PeersTable& table) {
    nlohmann::ordered_json json{{"bench", "peers"},       {"version", KVPRISM_VERSION},
                                {"model", table.model},   {"device", table.device},
                                {"budget", table.budget}, {"rounds", table.rounds},
                                {"peer", table.peer},     {"results", nlohmann::ordered_json::array()}};
    for (const PeerResult& result : table.results) {
        nlohmann::ordered_json one{{"program", result.program}, {"tokens", result.tokens}};
        const auto why = result.whyNot();
        one["failure"] = why ? nlohmann::ordered_json(*why) : nlohmann::ordered_json();
        if (!why) {
            one["read_tokens_per_s"] = result.readPerSecond();
            one["decode_tokens_per_s"] = result.decodePerSecond();
            one["peak_bytes"] = result.peakBytes;
            one["read_ms"] = result.readMs;
            one["decode_ms"] = result.decodeMs;
        }
        json["results"].push_back(std::move(one));
    }
    return json;
}

} // namespace kvprism::cli
