// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

// Where things of this user are, as the XDG base directory specification says.
namespace kvprism::cli {

std::string runsFolder(); // $XDG_DATA_HOME/kvprism/runs

// A path in runsFolder(), which is made where it is missing, that no file has yet: UTC time, then the
// document's name with unusual characters replaced, then `ending` (".kvtrace").
Result<std::string> newRunPath(std::string_view documentName, std::string_view ending);

} // namespace kvprism::cli
