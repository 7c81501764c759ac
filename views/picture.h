// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "views/picture_views.h"
#include "views/view_export.h"

#include <QByteArray>

#include <string_view>

namespace kvprism::views {

// Stands at the beginning of every picture, by which it is known as ours.
inline constexpr std::string_view drawnBy = "Drawn by KVPrism";

// A view on its page (picture_page.h) as a file's bytes. The size of `what` is within its bounds; the error
// (usage) says when it leaves the view no room or is too many pixels. On the window's thread.
Result<QByteArray> drawPng(TraceModel& model, const Navigator& navigator, const DrawableView& view,
                           const ViewExport& what);
Result<QByteArray> drawSvg(TraceModel& model, const Navigator& navigator, const DrawableView& view,
                           const ViewExport& what);

} // namespace kvprism::views
