// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <QApplication>

#include <memory>
#include <string>

namespace kvprism::views {

// Qt's own words (a missing runtime folder, a font that it replaces) are not for people who called a library:
// while this lives, nobody hears them.
class QuietQt {
  public:
    QuietQt()
        : m_before(qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {})) {}
    QuietQt(const QuietQt&) = delete;
    QuietQt& operator=(const QuietQt&) = delete;
    ~QuietQt() { qInstallMessageHandler(m_before); }

  private:
    QtMessageHandler m_before;
};

// An offscreen application of our own, in our style, for as long as a call into a library takes, where the
// process has none.
class LibraryApplication {
  public:
    Status prepare(); // the error (unavailable): the process runs another kind of Qt application

  private:
    int m_argumentCount = 1;
    char m_name[8] = "kvprism";
    char* m_arguments[2] = {m_name, nullptr};
    std::unique_ptr<QApplication> m_application;
};

// What a library's function gives back: 0 or the error's code; then its sentence, cut to fit.
int statusOf(const Status& status, char* message, int messageSize);

} // namespace kvprism::views
