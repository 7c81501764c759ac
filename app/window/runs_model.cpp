// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/runs_model.h"

#include "app/window/words.h"

#include <QDateTime>
#include <QLocale>

#include <utility>

namespace kvprism::app {

namespace {

QString timeText(const QString& startedAt) {
    const QDateTime time = QDateTime::fromString(startedAt, Qt::ISODate).toLocalTime();
    if (!time.isValid())
        return {};
    const bool today = time.date() == QDate::currentDate();
    return time.toString(today ? QStringLiteral("HH:mm") : QStringLiteral("d MMM HH:mm"));
}

QString detailOf(const RecordingSummary& run) {
    QStringList parts{run.method};
    parts += RunsModel::tr("%1 of %2")
                 .arg(countText(std::min(run.budget, run.streamTokens)), countText(run.streamTokens));
    if (run.steps < run.blocks)
        parts += RunsModel::tr("%1 of %2 blocks").arg(countText(run.steps), countText(run.blocks));
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString memoryText(const RecordingSummary& run) {
    return run.memoryBytes == 0 ? QString()
                                : RunsModel::tr("memory kept, %1").arg(bytesText(run.memoryBytes));
}

QString tooltipOf(const RecordingSummary& run) {
    QStringList lines{run.question, run.document + QStringLiteral(" · ") + detailOf(run)};
    if (run.memoryBytes > 0)
        lines += RunsModel::tr("Its memory is kept (%1) and answers questions without reading: press M.")
                     .arg(bytesText(run.memoryBytes));
    lines += run.path;
    return lines.join(QLatin1Char('\n')).trimmed();
}

QString describe(const RecordingSummary& run) {
    QStringList parts{run.document, timeText(run.startedAt), detailOf(run), memoryText(run)};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

} // namespace

RunsModel::RunsModel(QObject* parent) : QAbstractListModel(parent) {}

void RunsModel::setRecordings(std::shared_ptr<const RecordingSummaries> summaries) {
    m_all = std::move(summaries);
    rebuild();
}

void RunsModel::setLive(const QString& question, const QString& document, const QString& path) {
    m_live = Live{question, document, path};
    rebuild();
}

void RunsModel::clearLive() {
    m_live.reset();
    rebuild();
}

void RunsModel::rebuild() {
    beginResetModel();
    m_rows.clear();
    if (m_all)
        for (const RecordingSummary& run : *m_all)
            if (!m_live || run.path != m_live->path)
                m_rows.push_back(run);
    endResetModel();
}

int RunsModel::rowOf(const QString& path) const {
    for (int row = 0; row < rowCount(); ++row)
        if (data(index(row), PathRole).toString() == path)
            return row;
    return -1;
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size()) + (m_live ? 1 : 0);
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const bool live = m_live && index.row() == 0;
    if (role == LiveRole)
        return live;
    if (live)
        return liveData(role);
    const RecordingSummary& run = m_rows[static_cast<std::size_t>(index.row() - (m_live ? 1 : 0))];
    switch (role) {
    case Qt::DisplayRole:
        return run.question.isEmpty() ? tr("(no question)") : run.question;
    case Qt::ToolTipRole:
        return tooltipOf(run);
    case Qt::AccessibleDescriptionRole:
        return describe(run);
    case MemoryRole:
        return run.memoryBytes;
    case DocumentRole:
        return run.document;
    case TimeRole:
        return timeText(run.startedAt);
    case DetailRole:
        return detailOf(run);
    case PathRole:
        return run.path;
    default:
        return {};
    }
}

QVariant RunsModel::liveData(int role) const {
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return m_live->question;
    case DocumentRole:
        return m_live->document;
    case DetailRole:
    case Qt::AccessibleDescriptionRole:
        return tr("going on");
    case PathRole:
        return m_live->path;
    default:
        return {};
    }
}

} // namespace kvprism::app
