// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "engine/trace/recording_reader.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What a recording says of how it came about, and whether that can be had again.
namespace kvprism::verify {

// The configuration as it ran. An option of another version is refused, as nobody knows here what it did.
Result<select::Config> recordedConfig(const trace::Run& run);

// Whether there is anything to run again: its text, and a whole step.
Status checkRepeatable(const trace::Run& run, std::int32_t steps);

// What was asked, in its order: of a run that was cut off before its answer, what it was read for.
std::vector<std::string> recordedQuestions(const trace::RecordingReader& recorded);

// Why a recording cannot be run again, with its name.
Error cannotRunAgain(const std::string& recording, const Error& error);

// The document's words as the tokens have them: all of the document, unless bytes of it could not be kept.
std::string recordedWords(const trace::Run& run);

// The document as it was: the file that the run names, or where there is none any more the recorded words.
// `gone` and `changed` end the sentences about a file that is not there (noInput) or another one (malformed).
Result<text::Document> recordedDocument(const trace::Run& run, std::string_view gone,
                                        std::string_view changed, const std::stop_token& stop = {});

// Whether this is what was read; `advice` ends the sentence where it is not.
Status checkDocument(const text::Document& document, const std::string& path, const trace::Run& run,
                     std::string_view advice);

// A model as the recorded one ran, from `path`, which may stand for a random one (files/random_shape.h); and
// whether what is there, of that SHA-256, is it.
ModelRequest requestOf(const trace::ModelIdentity& recorded, const std::string& path);
Status checkModel(std::string_view sha256, const std::string& path, const trace::ModelIdentity& recorded,
                  std::string_view advice);
// The same for a random model before its weights are drawn; other requests are good.
Status checkRandomShape(const ModelRequest& request, const std::string& path,
                        const trace::ModelIdentity& recorded, std::string_view advice);

} // namespace kvprism::verify
