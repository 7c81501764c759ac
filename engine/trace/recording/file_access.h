// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/recording/database.h"

#include <memory>
#include <string>

// From a path to an open database, and what may stand in between.
namespace kvprism::trace::recording {

enum class FileKind { missing, empty, recording, other, notAFile };
FileKind fileKind(const std::string& path); // looks at the first bytes alone

// Opens a file that anybody may have made: undoes a write that was cut off, checks version and structure.
Result<std::unique_ptr<Database>> openToRead(const std::string& path);

// Whether the file has as many bytes as its pages say. SQLite opens one that lacks the end of its last page.
Status checkSize(const std::string& path);

// user_version of an open recording.
Result<std::int32_t> versionOf(const Database& database);

// Undoes the write that a killed program left unfinished, where there is one.
Status undoUnfinishedWrite(const std::string& path);

} // namespace kvprism::trace::recording
