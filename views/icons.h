// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

namespace kvprism::views {

// Our own drawings in resources/icons, one file a symbol.
enum class Symbol {
    detach,
    open,
    run,
    stop,
    play,
    pause,
    stepBack,
    stepForward,
    home,
    end,
    loop,
    record,
    theme,
    search,
    close,
    copy,
    memory,
    whitespace,
    previous,
    next,
    dropPoint,
    zoomIn,
    zoomOut,
    fit
};

// Takes its colour from the application's palette each time it is drawn, so it follows a change of the
// scheme.
QIcon icon(Symbol symbol);

} // namespace kvprism::views
