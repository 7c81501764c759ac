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

QStringList detailsOf(const RecordingSummary& run) {
    QStringList parts{run.options.method, run.options.reading};
    parts += RunsModel::tr("%1 of %2")
                 .arg(countText(std::min(run.budget, run.streamTokens)), countText(run.streamTokens));
    if (run.steps < run.blocks)
        parts += RunsModel::tr("%1 of %2 blocks").arg(countText(run.steps), countText(run.blocks));
    else if (run.answerStopped)
        parts += RunsModel::tr("answer stopped");
    parts += run.options.marks;
    if (const int more = run.answers - 1; more > 0)
        parts +=
            more == 1 ? RunsModel::tr("+1 question") : RunsModel::tr("+%1 questions").arg(countText(more));
    if (run.memoryBytes > 0)
        parts += RunsModel::tr("memory kept, %1").arg(bytesText(run.memoryBytes));
    parts += run.options.others;
    parts.removeAll(QString());
    return parts;
}

QString detailOf(const RecordingSummary& run) {
    return detailsOf(run).join(QStringLiteral(" · "));
}

QString tooltipOf(const RecordingSummary& run) {
    QStringList lines{run.question, run.document, detailsOf(run).join(QStringLiteral(", "))};
    if (run.memoryBytes > 0)
        lines += RunsModel::tr("Its memory is kept (%1) and answers questions without reading: press M.")
                     .arg(bytesText(run.memoryBytes));
    lines += run.path;
    return lines.join(QLatin1Char('\n')).trimmed();
}

QString describe(const RecordingSummary& run) {
    QStringList parts{run.document, timeText(run.startedAt), detailOf(run)};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

} // namespace

RunsModel::RunsModel(QObject* parent) : QAbstractListModel(parent) {}

void RunsModel::setRecordings(std::shared_ptr<const RecordingSummaries> summaries) {
    beginResetModel();
    m_all = std::move(summaries);
    rebuild();
}

void RunsModel::setLive(const QString& question, const QString& document, const QString& path) {
    beginResetModel();
    m_live = Live{question, document, path};
    rebuild();
}

void RunsModel::clearLive() {
    beginResetModel();
    m_live.reset();
    rebuild();
}

// The second half of a reset.
void RunsModel::rebuild() {
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

QString RunsModel::pathBeside(const QString& path) const {
    const int row = rowOf(path);
    for (const int beside : {row + 1, row - 1})
        if (row >= 0 && beside >= 0 && beside < rowCount() && !index(beside).data(LiveRole).toBool())
            return index(beside).data(PathRole).toString();
    return {};
}

void RunsModel::setShown(const QString& path) {
    m_shown = path;
    markingsChanged();
}

void RunsModel::setCompared(const QString& a, const QString& b) {
    m_a = a;
    m_b = b;
    markingsChanged();
}

void RunsModel::markingsChanged() {
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

QString RunsModel::comparedAs(const QString& path) const {
    if (m_a.isEmpty() || m_b.isEmpty() || path.isEmpty())
        return {};
    return path == m_a ? tr("A") : path == m_b ? tr("B") : QString();
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const bool live = m_live && index.row() == 0;
    if (role == LiveRole)
        return live;
    const auto row = static_cast<std::size_t>(index.row() - (m_live ? 1 : 0));
    const QString& path = live ? m_live->path : m_rows[row].path;
    if (role == PathRole)
        return path;
    if (role == ShownRole)
        return !path.isEmpty() && path == m_shown;
    if (role == ComparedRole)
        return comparedAs(path);
    return live ? liveData(role) : recordedData(m_rows[row], role);
}

QVariant RunsModel::recordedData(const RecordingSummary& run, int role) const {
    const QString compared = comparedAs(run.path);
    switch (role) {
    case Qt::DisplayRole:
        return run.question.isEmpty() ? tr("(no question)") : run.question;
    case Qt::ToolTipRole:
        return tooltipOf(run);
    case Qt::AccessibleDescriptionRole:
        return compared.isEmpty() ? describe(run)
                                  : tr("%1 of the comparison · %2").arg(compared, describe(run));
    case MemoryRole:
        return run.memoryBytes;
    case StepsRole:
        return run.steps;
    case DocumentRole:
        return run.document;
    case TimeRole:
        return timeText(run.startedAt);
    case DetailRole:
        return detailOf(run);
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
    default:
        return {};
    }
}

} // namespace kvprism::app
