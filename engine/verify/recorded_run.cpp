// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/recorded_run.h"

#include "engine/files/random_shape.h"
#include "engine/select/options.h"

#include <filesystem>
#include <fmt/format.h>

namespace kvprism::verify {

Result<select::Config> recordedConfig(const trace::Run& run) {
    for (const trace::Setting& setting : run.config)
        if (!select::findOption(setting.name))
            return malformed("It ran with the option " + setting.name +
                             ", which this version does not have: verify it with the version that made it (" +
                             run.program + ").");
    auto config = select::configOfRun(run);
    if (!config)
        return malformed("The recording's configuration cannot be: " + config.error().message);
    return config;
}

Status checkRepeatable(const trace::Run& run, std::int32_t steps) {
    if (run.withoutText)
        return malformed("It was recorded without its text, so neither question nor document is known.");
    if (steps == 0)
        return malformed("It was cut off before its first step.");
    return {};
}

std::vector<std::string> recordedQuestions(const trace::RecordingReader& recorded) {
    std::vector<std::string> questions;
    for (const auto& answer : recorded.answers())
        questions.push_back(answer->question);
    if (questions.empty())
        questions.push_back(recorded.run()->question);
    return questions;
}

Error cannotRunAgain(const std::string& recording, const Error& error) {
    return {error.code, "The recording " + recording + " cannot be run again. " + error.message};
}

std::string recordedWords(const trace::Run& run) {
    const auto prefix = static_cast<std::size_t>(run.prefixTokens);
    return run.tokens.pieces.substr(prefix == 0 ? 0 : run.tokens.pieceEnds[prefix - 1]);
}

Result<text::Document> recordedDocument(const trace::Run& run, std::string_view gone,
                                        std::string_view changed, const std::stop_token& stop) {
    const trace::DocumentIdentity& wanted = run.document;
    std::error_code failure;
    if (wanted.path.empty() || !std::filesystem::exists(wanted.path, failure)) {
        auto words = text::documentFromBytes(wanted.name, recordedWords(run));
        if (words && words->sha256 == wanted.sha256)
            return words;
        return noInput(fmt::format("The document '{}' is not where it was: {}", wanted.name, gone));
    }
    auto document = text::readDocument(wanted.path, stop);
    if (document)
        if (const Status same =
                checkDocument(*document, wanted.path, run, fmt::format("it has changed since; {}", changed));
            !same)
            return same.error();
    return document;
}

Status checkDocument(const text::Document& document, const std::string& path, const trace::Run& run,
                     std::string_view advice) {
    if (document.sha256 == run.document.sha256)
        return {};
    return malformed(fmt::format("{} is not the document that was read (SHA-256 {}): {}", path,
                                 run.document.sha256, advice));
}

ModelRequest requestOf(const trace::ModelIdentity& recorded, const std::string& path) {
    const auto shape = files::shapeOfRandomPath(path);
    return {.path = shape ? "" : path,
            .random = shape.value_or(""),
            .device = recorded.device,
            .dtype = recorded.dtype};
}

Status checkModel(std::string_view sha256, const std::string& path, const trace::ModelIdentity& recorded,
                  std::string_view advice) {
    if (sha256 == recorded.sha256)
        return {};
    return malformed(fmt::format("{} is another model than the recorded one (SHA-256 {}): {}", path,
                                 recorded.sha256, advice));
}

Status checkRandomShape(const ModelRequest& request, const std::string& path,
                        const trace::ModelIdentity& recorded, std::string_view advice) {
    if (request.random.empty())
        return {};
    const auto shape = files::randomShape(request.random);
    if (!shape)
        return shape.error();
    return checkModel(files::sha256OfRandomModel(*shape), path, recorded, advice);
}

} // namespace kvprism::verify
