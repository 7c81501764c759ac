// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/text/document.h"

#include <string>
#include <vector>

namespace kvprism::cli {

// The document that --document names; "-" is standard input, of which no more is read than a document may
// have.
Result<text::Document> readDocumentArgument(const std::string& argument);

bool isBlank(const std::string& text);

// The questions of a file ("-": standard input), one a line; empty lines are none. Fails where it has no
// question.
Result<std::vector<std::string>> readQuestions(const std::string& argument);

} // namespace kvprism::cli
