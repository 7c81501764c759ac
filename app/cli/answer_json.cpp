// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/answer_json.h"

#include <numeric>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

// Null where the text was left out.
Json tokenText(const std::string& text, const std::vector<std::uint32_t>& ends, std::size_t token) {
    if (ends.empty())
        return {};
    const std::size_t begin = token == 0 ? 0 : ends[token - 1];
    return text.substr(begin, ends[token] - begin);
}

double mean(const std::vector<float>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

Json evidenceJson(const trace::Answer& answer) {
    if (answer.evidence.empty())
        return {};
    Json tokens = Json::array();
    for (std::size_t token = 0; token < answer.ids.size(); ++token) {
        Json links = Json::array();
        const auto positions = answer.evidence.positionsOf(token);
        for (std::size_t link = 0; link < positions.size(); ++link)
            links.push_back(
                {{"pos", positions[link].value}, {"weight", answer.evidence.weightsOf(token)[link]}});
        tokens.push_back({{"id", answer.ids[token]},
                          {"text", tokenText(answer.text, answer.textEnds, token)},
                          {"from", std::move(links)}});
    }
    return tokens;
}

Json denseReferenceJson(const trace::Answer& answer) {
    if (!answer.dense)
        return {};
    const trace::DenseReference& dense = *answer.dense;
    Json tokens = Json::array();
    for (std::size_t token = 0; token < dense.size(); ++token)
        tokens.push_back({{"id", dense.ids[token]},
                          {"text", tokenText(dense.text, dense.textEnds, token)},
                          {"divergence", dense.divergences[token]},
                          {"dense_nll", dense.denseLosses[token]},
                          {"nll", dense.losses[token]},
                          {"same_likeliest", dense.sameLikeliest[token] != 0}});
    const bool any = dense.size() > 0;
    return {{"answer", dense.text},
            {"mean_divergence", any ? Json(mean(dense.divergences)) : Json()},
            {"mean_dense_nll", any ? Json(mean(dense.denseLosses)) : Json()},
            {"mean_nll", any ? Json(mean(dense.losses)) : Json()},
            {"tokens", std::move(tokens)}};
}

} // namespace kvprism::cli
