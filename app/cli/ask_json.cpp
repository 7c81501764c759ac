// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/ask_json.h"

#include "app/cli/answer_json.h"
#include "engine/select/options.h"

#include <algorithm>
#include <charconv>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

template <class Number> Json numberOrNull(const std::string& text) {
    Number number{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size() ? Json(number) : Json();
}

Json valueJson(const select::OptionSpec& spec, const select::Config& config) {
    switch (spec.kind) {
    case select::OptionKind::integer:
        return numberOrNull<std::uint64_t>(spec.get(config)); // none is negative
    case select::OptionKind::number:
        return numberOrNull<double>(spec.get(config));
    case select::OptionKind::textList:
        return config.stopWords; // the only list
    case select::OptionKind::choice:
    case select::OptionKind::text:
    case select::OptionKind::tokenRanges:
        break;
    }
    return spec.get(config);
}

Json stepJson(const StepSummary& step) {
    return {{"block", step.index},
            {"begin", step.begin.value},
            {"end", step.end.value},
            {"candidates", step.counts.candidates},
            {"anchors", step.counts.anchors},
            {"window", step.counts.window},
            {"global", step.counts.global},
            {"dropped", step.counts.dropped},
            {"kept_count", step.counts.kept},
            {"ms",
             {{"forward", step.ms.forward},
              {"score", step.ms.score},
              {"select", step.ms.select},
              {"compact", step.compactMs}}}};
}

double rate(std::int64_t tokens, double milliseconds) {
    return milliseconds > 0 ? static_cast<double>(tokens) * 1000 / milliseconds : 0;
}

} // namespace

Json configJson(const select::Config& config) {
    Json json = Json::object();
    for (const select::OptionSpec& spec : select::optionTable()) {
        std::string name(spec.name);
        std::replace(name.begin(), name.end(), '-', '_');
        json[name] = valueJson(spec, config);
    }
    return json;
}

Json modelJson(const trace::ModelIdentity& model) {
    return {{"name", model.name},     {"path", model.path},
            {"sha256", model.sha256}, {"architecture", model.architecture},
            {"dtype", model.dtype},   {"device", model.device}};
}

Json askJson(const AskResult& result, const trace::ModelIdentity& model, const RunLog& log,
             const std::string& recording) {
    const TokenCounts& tokens = result.tokens;
    const ByteCounts& bytes = result.bytes;
    const std::int32_t read = log.tokensRead();
    Json steps = Json::array();
    for (const StepSummary& step : log.steps())
        steps.push_back(stepJson(step));
    return {{"question", result.answer.question},
            {"answer", result.answer.text},
            {"stop_reason", trace::name(result.answer.stopReason)},
            {"evidence", evidenceJson(result.answer)},
            {"dense_reference", denseReferenceJson(result.answer)},
            {"model", modelJson(model)},
            {"config", configJson(result.config)},
            {"tokens",
             {{"prefix", tokens.prefix},
              {"document", tokens.document},
              {"question", tokens.question},
              {"answer", tokens.answer},
              {"kept", tokens.kept},
              {"peak", tokens.peak},
              {"budget", tokens.budget}}},
            {"bytes",
             {{"kept", bytes.kept},
              {"peak", bytes.peak},
              {"budget", bytes.budget},
              {"per_token", bytes.perToken},
              {"weights", bytes.weights},
              {"device_peak", bytes.devicePeak}}},
            {"steps", std::move(steps)},
            {"read_now", result.readNow},
            {"timing",
             {{"load_ms", result.loadMs},
              {"read_ms", result.readMs},
              {"answer_ms", result.answerMs},
              {"read_tokens_per_s", result.readNow ? Json(rate(read, result.readMs)) : Json()},
              {"answer_tokens_per_s", rate(tokens.answer, result.answerMs)}}},
            {"notices", result.notices},
            {"recording", recording.empty() ? Json() : Json(recording)}};
}

std::string jsonLine(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace kvprism::cli
