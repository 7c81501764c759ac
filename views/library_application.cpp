// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/library_application.h"

#include "views/style.h"

#include <algorithm>
#include <cstring>

namespace kvprism::views {

Status LibraryApplication::prepare() {
    if (qobject_cast<QApplication*>(QCoreApplication::instance()))
        return {};
    if (QCoreApplication::instance())
        return unavailable(
            "Pictures need a QApplication, and this process runs another kind of Qt application; "
            "draw the picture from the command line or the window.");
    qputenv("QT_QPA_PLATFORM", "offscreen");
    m_application = std::make_unique<QApplication>(m_argumentCount, m_arguments);
    applyStyle(*m_application, Scheme::light);
    return {};
}

int statusOf(const Status& status, char* message, int messageSize) {
    if (message && messageSize > 0) {
        const std::string text = status ? std::string() : status.error().message;
        const std::size_t length = std::min(text.size(), static_cast<std::size_t>(messageSize) - 1);
        std::memcpy(message, text.data(), length);
        message[length] = '\0';
    }
    return status ? 0 : static_cast<int>(status.error().code);
}

} // namespace kvprism::views
