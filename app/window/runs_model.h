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
        DetailRole,
        LiveRole,
        MemoryRole /* bytes that were kept; 0: none */
    };

    explicit RunsModel(QObject* parent = nullptr);

    void setRecordings(std::shared_ptr<const RecordingSummaries> summaries);
    // The run that goes on: what is asked of which document, and where it is recorded.
    void setLive(const QString& question, const QString& document, const QString& path);
    void clearLive();
    int rowOf(const QString& path) const; // −1 where there is none

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

    std::shared_ptr<const RecordingSummaries> m_all;
    std::vector<RecordingSummary> m_rows; // m_all without the live one
    std::optional<Live> m_live;
};

} // namespace kvprism::app
