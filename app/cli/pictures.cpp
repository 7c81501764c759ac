// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/pictures.h"

#include "engine/shared_library.h"

namespace kvprism::cli {

namespace {

// Calls a function of the library as app/offscreen/'s *_library.h declare them; those
// headers are not included, so that nothing here depends on the views.
template <class Request> Status callLibrary(const char* name, const Request& request) {
    using Function = int (*)(const Request* request, char* message, int messageSize);
    const auto symbol = symbolOfOurLibrary("The library that draws with Qt", "libkvprism_pictures.so", name);
    if (!symbol)
        return symbol.error();
    char message[1024] = "";
    const int status =
        reinterpret_cast<Function>(*symbol)(&request, message, static_cast<int>(sizeof message));
    if (status != 0)
        return Error{static_cast<ErrorCode>(status), message};
    return {};
}

} // namespace

Status drawPicture(const tables::PictureRequest& request) {
    return callLibrary("kvprism_draw_view", request);
}

Status drawPicture(const tables::RooflineRequest& request) {
    return callLibrary("kvprism_draw_roofline", request);
}

Status measureExplorer(const tables::ExplorerProbeRequest& request) {
    return callLibrary("kvprism_measure_explorer", request);
}

} // namespace kvprism::cli
