// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/text/document.h"

#include <string>

namespace kvprism::cli {

// The document that --document names; "-" is standard input, of which no more is read than a document may
// have.
Result<text::Document> readDocumentArgument(const std::string& argument);

} // namespace kvprism::cli
