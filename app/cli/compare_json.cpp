// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/compare.h"

#include <algorithm>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

Json sideJson(const ComparedRun& side) {
    const trace::Run& run = side.outline.run();
    Json answers = Json::array();
    for (const auto& answer : side.outline.answers())
        answers.push_back({{"question", answer->question},
                           {"answer", answer->text},
                           {"stop_reason", trace::name(answer->stopReason)},
                           {"kept_tokens", answer->keptTokens}});
    return {{"recording", side.path},          {"run_id", run.id},     {"outcome", side.outline.outcome()},
            {"without_text", run.withoutText}, {"budget", run.budget}, {"kept", side.outline.tokensKept()},
            {"answers", std::move(answers)}};
}

Json positionsJson(const std::vector<StreamPos>& positions) {
    Json json = Json::array();
    for (const StreamPos position : positions)
        json.push_back(position.value);
    return json;
}

} // namespace

Json comparisonJson(const RunComparison& comparison) {
    Json steps = Json::array(), differences = Json::object();
    for (const ComparedStep& step : comparison.steps)
        steps.push_back({{"block", step.index},
                         {"begin", step.begin.value},
                         {"end", step.end.value},
                         {"both", step.both},
                         {"only_a", step.onlyA},
                         {"only_b", step.onlyB},
                         {"neither", step.neither},
                         {"jaccard", step.jaccard}});
    for (const auto& difference : comparison.differences) {
        std::string name = difference.name;
        std::replace(name.begin(), name.end(), '-', '_');
        differences[name] = {difference.a, difference.b};
    }
    return {{"a", sideJson(comparison.a)},
            {"b", sideJson(comparison.b)},
            {"different_options", std::move(differences)},
            {"block_size", comparison.a.outline.run().blockSize},
            {"stream_tokens", comparison.a.outline.run().streamTokens()},
            {"steps", std::move(steps)},
            {"last",
             {{"both", positionsJson(comparison.last.both)},
              {"only_a", positionsJson(comparison.last.onlyA)},
              {"only_b", positionsJson(comparison.last.onlyB)},
              {"neither", comparison.last.neither}}},
            {"notices", comparison.notices}};
}

} // namespace kvprism::cli
