// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/inspect_json.h"

#include "app/cli/answer_json.h"
#include "engine/select/options.h"
#include "engine/select/step_ranking.h"

#include <algorithm>

namespace kvprism::cli {

using Json = nlohmann::ordered_json;

namespace {

double rate(std::int64_t tokens, double milliseconds) {
    return milliseconds > 0 ? 1000.0 * static_cast<double>(tokens) / milliseconds : 0;
}

Json modelJson(const trace::ModelIdentity& model) {
    return {{"name", model.name},
            {"path", model.path},
            {"sha256", model.sha256},
            {"architecture", model.architecture},
            {"dtype", model.dtype},
            {"device", model.device},
            {"layers", model.layers},
            {"query_heads", model.queryHeads},
            {"kv_heads", model.kvHeads},
            {"head_dim", model.headDim},
            {"context_length", model.contextLength},
            {"vocabulary_size", model.vocabularySize}};
}

std::string underscored(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

// As `ask --json` has it: numbers as numbers, stop words as a list, what was not given as null.
Json settingJson(const trace::Setting& setting) {
    const select::OptionSpec* option = select::findOption(setting.name);
    if (!option)
        return setting.value; // of another version
    if (option->kind == select::OptionKind::textList) {
        select::Config config;
        return option->set(config, setting.value) ? Json(config.stopWords) : Json(setting.value);
    }
    if (option->kind != select::OptionKind::integer && option->kind != select::OptionKind::number)
        return setting.value;
    const Json number = Json::parse(setting.value, nullptr, false);
    return number.is_number() ? number : Json();
}

Json answerJson(const trace::Answer& answer) {
    return {{"question", answer.question},
            {"answer", answer.text},
            {"stop_reason", trace::name(answer.stopReason)},
            {"question_tokens", answer.questionTokens},
            {"answer_tokens", answer.ids.size()},
            {"kept_tokens", answer.keptTokens},
            {"first_token_ms", answer.firstTokenMs},
            {"total_ms", answer.totalMs},
            {"evidence", evidenceJson(answer)},
            {"dense_reference", denseReferenceJson(answer)}};
}

Json outlineJson(const RunOutline::Step& step) {
    const trace::CompressionStep& plan = step.plan;
    Json json{{"block", plan.index},
              {"begin", plan.begin.value},
              {"end", plan.end.value},
              {"held", step.held},
              {"quota", plan.quota},
              {"candidates", plan.counts.candidates},
              {"anchors", plan.counts.anchors},
              {"window", plan.counts.window},
              {"global", plan.counts.global},
              {"dropped", plan.counts.dropped},
              {"kept_count", plan.counts.kept},
              {"peak_slots", plan.peakSlots},
              {"bytes_kept", nullptr},
              {"ms",
               {{"forward", plan.ms.forward},
                {"score", plan.ms.score},
                {"select", plan.ms.select},
                {"compact", nullptr}}}};
    if (step.applied) {
        json["bytes_kept"] = step.applied->bytesKept;
        json["ms"]["compact"] = step.applied->compactMs;
    }
    return json;
}

Json selectorJson(const trace::Run& run, std::uint8_t selector) {
    return selector == trace::noSelector ? Json() : Json(run.selectors[selector]);
}

// LSH's fields are null where nothing was hashed.
Json candidateJson(const trace::Run& run, const trace::HeldTokens& held, std::size_t row, std::int32_t rank) {
    Json scores = Json::object();
    for (const trace::ScoreColumn& column : held.scores)
        scores[column.name] = column.values[row];
    Json json{{"pos", held.positions[row].value},
              {"kept", held.tiers[row] != trace::Tier::dropped},
              {"selector", selectorJson(run, held.selectors[row])},
              {"rank", rank == 0 ? Json() : Json(rank)},
              {"scores", std::move(scores)},
              {"collisions", nullptr},
              {"distance", nullptr},
              {"u", nullptr},
              {"reason", trace::name(held.reasons[row])}};
    if (!held.lsh.empty()) {
        json["collisions"] = held.lsh.collisions[row];
        json["u"] = held.lsh.u[row];
        if (!held.lsh.distances.empty())
            json["distance"] = held.lsh.distances[row];
        if (!held.lsh.signatures.empty()) {
            const auto tables = static_cast<std::size_t>(held.lsh.tables);
            const auto first = held.lsh.signatures.begin() + static_cast<std::ptrdiff_t>(row * tables);
            json["signature"] = std::vector<std::uint16_t>(first, first + held.lsh.tables);
        }
    }
    if (!held.peak.empty())
        json["peak"] = {
            {"layer", held.peak.layers[row]}, {"head", held.peak.heads[row]}, {"row", held.peak.rows[row]}};
    return json;
}

Json momentJson(const trace::Run& run, const TokenMoment& moment) {
    Json scores = Json::object();
    for (const auto& score : moment.scores)
        scores[score.name] = score.value;
    Json json{{"step", moment.step},
              {"tier", trace::name(moment.tier)},
              {"reason", trace::name(moment.reason)},
              {"candidate", moment.candidate},
              {"candidates", moment.candidates},
              {"selector", selectorJson(run, moment.selector)},
              {"rank", moment.rank == 0 ? Json() : Json(moment.rank)},
              {"scores", std::move(scores)},
              {"cut", moment.cut ? Json(moment.cut->value) : Json()}};
    if (moment.peak)
        json["peak"] = {
            {"layer", moment.peak->layer}, {"head", moment.peak->head}, {"row", moment.peak->row}};
    return json;
}

} // namespace

Json runJson(const RunOutline& outline, const std::string& path) {
    const trace::Run& run = outline.run();
    const trace::Answer* answer = outline.answers().empty() ? nullptr : outline.answers().front().get();
    const std::uint64_t perToken = run.model.kvBytesPerToken;
    const auto bytes = [perToken](std::int32_t tokens) {
        return static_cast<std::uint64_t>(tokens) * perToken;
    };
    Json config = Json::object(), steps = Json::array(), answers = Json::array();
    for (const trace::Setting& setting : run.config)
        config[underscored(setting.name)] = settingJson(setting);
    for (const auto& step : outline.steps())
        steps.push_back(outlineJson(step));
    for (const auto& entry : outline.answers())
        answers.push_back(answerJson(*entry));
    const trace::RunEnd end = outline.end().value_or(trace::RunEnd());
    const auto answerTokens = answer ? static_cast<std::int64_t>(answer->ids.size()) : 0;
    return {{"recording", path},
            {"run_id", run.id},
            {"started_at", run.startedAt},
            {"program", run.program},
            {"outcome", outline.outcome()},
            {"message", end.message},
            {"without_text", run.withoutText},
            {"question", run.question},
            {"answer", answer ? Json(answer->text) : Json()},
            {"stop_reason", answer ? Json(trace::name(answer->stopReason)) : Json()},
            {"model", modelJson(run.model)},
            {"document",
             {{"name", run.document.name},
              {"path", run.document.path},
              {"sha256", run.document.sha256},
              {"bytes", run.document.bytes}}},
            {"config", std::move(config)},
            {"selectors", run.selectors},
            {"tokens",
             {{"prefix", run.prefixTokens},
              {"document", run.streamTokens() - run.prefixTokens},
              {"question", answer ? Json(answer->questionTokens) : Json()},
              {"prompt", run.promptIds.size()},
              {"answer", answerTokens},
              {"read", outline.tokensRead()},
              {"kept", outline.tokensKept()},
              {"peak", outline.peakSlots()},
              {"budget", run.budget}}},
            {"bytes",
             {{"kept", bytes(outline.tokensKept())},
              {"peak", bytes(outline.peakSlots())},
              {"budget", bytes(run.budget)},
              {"per_token", perToken},
              {"weights", run.model.weightBytes}}},
            {"steps", std::move(steps)},
            {"timing",
             {{"load_ms", end.loadMs},
              {"read_ms", end.readMs},
              {"answer_ms", end.answerMs},
              {"read_tokens_per_s", rate(outline.tokensRead(), end.readMs)},
              {"answer_tokens_per_s", rate(answerTokens, end.answerMs)}}},
            {"answers", std::move(answers)},
            {"notices", run.notices}};
}

Json stepJson(const RunOutline& outline, const trace::CompressionStep& step) {
    const trace::Run& run = outline.run();
    const std::vector<std::int32_t> ranks = select::candidateRanks(run, step);
    Json json = outlineJson(outline.steps()[static_cast<std::size_t>(step.index)]);
    Json cuts = Json::object(), candidates = Json::array(), kept = Json::array();
    for (const trace::Cut& cut : step.cuts)
        if (cut.selector != trace::noSelector)
            cuts[run.selectors[cut.selector]] = cut.value;
    for (std::size_t row = 0; row < step.held.size(); ++row) {
        if (step.held.candidates[row])
            candidates.push_back(candidateJson(run, step.held, row, ranks[row]));
        if (step.held.tiers[row] != trace::Tier::dropped)
            kept.push_back(step.held.positions[row].value);
    }
    json["cuts"] = std::move(cuts);
    json["candidates_count"] = step.counts.candidates;
    json["candidates"] = std::move(candidates); // in the summary of a run their number stands here
    json["kept_positions"] = std::move(kept);
    return json;
}

Json tokenJson(const TokenLife& life) {
    const trace::Run& run = life.run();
    const auto token = static_cast<std::size_t>(life.token().value);
    Json moments = Json::array();
    for (const TokenMoment& moment : life.moments())
        moments.push_back(momentJson(run, moment));
    return {{"pos", life.token().value},
            {"id", run.withoutText ? Json() : Json(run.tokens.ids[token])},
            {"piece", run.withoutText ? Json() : Json(std::string(run.tokens.piece(token)))},
            {"byte_offset", run.tokens.byteOffsets[token] < 0 ? Json() : Json(run.tokens.byteOffsets[token])},
            {"prefix", life.token().value < run.prefixTokens},
            {"read_in_step", life.moments().empty() ? Json() : Json(life.moments().front().step)},
            {"dropped_in_step", life.wasDropped() ? Json(life.moments().back().step) : Json()},
            {"steps", std::move(moments)}};
}

} // namespace kvprism::cli
