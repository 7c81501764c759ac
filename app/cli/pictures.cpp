// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/pictures.h"

#include "engine/shared_library.h"

namespace kvprism::cli {

namespace {

// As views/picture_library.h declares it; that header is not included, so that nothing here depends on the
// views.
using DrawFunction = int (*)(const tables::PictureRequest* request, char* message, int messageSize);

} // namespace

Status drawPicture(const tables::PictureRequest& request) {
    const auto symbol =
        symbolOfOurLibrary("The library that draws with Qt", "libkvprism_pictures.so", "kvprism_draw_view");
    if (!symbol)
        return symbol.error();
    const auto draw = reinterpret_cast<DrawFunction>(*symbol);
    char message[1024] = "";
    const int status = draw(&request, message, static_cast<int>(sizeof message));
    if (status != 0)
        return Error{static_cast<ErrorCode>(status), message};
    return {};
}

} // namespace kvprism::cli
