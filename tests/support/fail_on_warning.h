// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLatin1String>
#include <QStringList>
#include <QtGlobal>

namespace kvprism::test {

// While it lives, collects whatever Qt warns about. A test ends with QCOMPARE(warnings.seen(),
// QStringList()).
class WarningCatcher {
  public:
    WarningCatcher() {
        lines().clear();
        previous() = qInstallMessageHandler(&WarningCatcher::handle);
    }
    ~WarningCatcher() { qInstallMessageHandler(previous()); }
    WarningCatcher(const WarningCatcher&) = delete;
    WarningCatcher& operator=(const WarningCatcher&) = delete;

    QStringList seen() const { return lines(); }

  private:
    static QStringList& lines() {
        static QStringList list;
        return list;
    }
    static QtMessageHandler& previous() {
        static QtMessageHandler handler = nullptr;
        return handler;
    }
    static void handle(QtMsgType type, const QMessageLogContext& context, const QString& message) {
        // The offscreen platform says this of every window that has a smallest size; it is no fault of ours.
        if (message == QLatin1String("This plugin does not support propagateSizeHints()"))
            return;
        if (type == QtWarningMsg || type == QtCriticalMsg)
            lines() += message;
        if (previous())
            previous()(type, context, message);
    }
};

} // namespace kvprism::test
