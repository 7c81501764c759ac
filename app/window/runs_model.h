// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/recording_worker.h"

#include <QAbstractListModel>

#include <optional>

namespace kvprism::app {

// The runs list: the run that goes on, if there is one, then the recordings, newest first.
class RunsModel final : public QAbstractListModel {
    Q_OBJECT
  public:
    enum Role {
        PathRole = Qt::UserRole,
        DocumentRole,
        TimeRole,
        DetailRole, // what tells the run from others of the same question
        LiveRole,
        MemoryRole, // bytes that were kept; 0: none
        StepsRole,
        ShownRole,   // the window shows it
        ComparedRole // "A" or "B" while it takes part in a comparison, else empty
    };

    explicit RunsModel(QObject* parent = nullptr);

    void setRecordings(std::shared_ptr<const RecordingSummaries> summaries);
    // The run that goes on: what is asked of which document, and where it is recorded.
    void setLive(const QString& question, const QString& document, const QString& path);
    void clearLive();
    void setShown(const QString& path);                   // empty: none of these
    void setCompared(const QString& a, const QString& b); // empty: nothing is compared
    int rowOf(const QString& path) const;                 // −1 where there is none
    QString pathBeside(const QString& path) const;        // of the recording below, else above; empty: none

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    struct Live {
        QString question;
        QString document;
        QString path;
    };
    void rebuild();
    QVariant liveData(int role) const;
    QVariant recordedData(const RecordingSummary& run, int role) const;
    QString comparedAs(const QString& path) const;
    void markingsChanged();

    std::shared_ptr<const RecordingSummaries> m_all;
    std::vector<RecordingSummary> m_rows; // m_all without the live one
    std::optional<Live> m_live;
    QString m_shown;
    QString m_a, m_b; // of a comparison
};

} // namespace kvprism::app
