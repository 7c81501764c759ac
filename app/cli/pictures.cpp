// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/pictures.h"

#include "engine/shared_library.h"

namespace kvprism::cli {

namespace {

// As views/pictures.h declares it; that header is not included, so that nothing here depends on the views.
using DrawFunction = int (*)(const char* recording, const char* pngPath, char* message, int messageSize);

} // namespace

Status drawSurvivalMap(const std::string& recording, const std::string& png) {
    const auto symbol = symbolOfOurLibrary("The library that draws with Qt", "libkvprism_pictures.so",
                                           "kvprism_draw_survival_map");
    if (!symbol)
        return symbol.error();
    const auto draw = reinterpret_cast<DrawFunction>(*symbol);
    char message[512] = "";
    const int status = draw(recording.c_str(), png.c_str(), message, static_cast<int>(sizeof message));
    if (status != 0)
        return Error{static_cast<ErrorCode>(status), message};
    return {};
}

} // namespace kvprism::cli
