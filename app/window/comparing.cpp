// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/comparing.h"

#include <QFileInfo>

namespace kvprism::app {

Comparing::Comparing(views::TraceModel* shown, QObject* parent)
    : QObject(parent), m_comparison(shown), m_reader(&m_other) {
    connect(&m_reader, &ReplayController::opened, this, [this](const QString& path) {
        m_reading = false;
        if (m_other.stepCount() > 0)
            return Q_EMIT changed();
        close();
        Q_EMIT failed(
            tr("The recording %1 ended before its first block was read, so it has no steps to compare.")
                .arg(QFileInfo(path).fileName()));
    });
    // Another run is shown that has nothing to do with the second one: there is nothing to compare any more.
    connect(shown, &views::TraceModel::runChanged, this, [this] {
        if (!m_reading && !m_comparison.obstacle().isEmpty())
            close();
    });
    connect(&m_reader, &ReplayController::failed, this, [this](const QString&, const QString& sentence) {
        close();
        Q_EMIT failed(sentence);
    });
}

void Comparing::choose(const QString& path) {
    m_path = path;
    m_reading = true;
    m_comparison.setOther(&m_other);
    m_reader.open(path);
    Q_EMIT changed();
}

void Comparing::close() {
    if (m_path.isEmpty())
        return;
    m_path.clear();
    m_reading = false;
    m_reader.cancel();
    m_comparison.setOther(nullptr);
    m_other.clear();
    Q_EMIT changed();
}

} // namespace kvprism::app
