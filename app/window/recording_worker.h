// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_command.h"
#include "app/window/run_options.h"

#include <QObject>
#include <QString>

#include <memory>
#include <vector>

namespace kvprism::app {

struct OpenCommand {
    RunId id = 0;
    std::string path;
    std::shared_ptr<TraceDelivery> delivery;
    std::stop_token stop; // superseded
};

// One line of the runs list.
struct RecordingSummary {
    QString path;
    QString question;
    QString document;
    RunOptions options;
    QString startedAt;       // UTC, ISO 8601
    quint64 memoryBytes = 0; // of the memory that was kept beside it; 0: none
    int budget = 0;
    int streamTokens = 0;
    int steps = 0;  // that were recorded
    int blocks = 0; // that the document has; a run that was stopped has fewer steps
    int answers = 0;
    bool answerStopped = false; // the last one
};
using RecordingSummaries = std::vector<RecordingSummary>;

// Lives on the reader thread, where recordings are opened, read and closed, so that a large or slow file
// never holds up the window. Ask it through queued calls only.
class RecordingWorker final : public QObject {
    Q_OBJECT
  public:
    void open(const OpenCommand& command);

    // Newest first, at most `most`; files that cannot be read are left out.
    static std::shared_ptr<const RecordingSummaries> list(const QString& folder, int most,
                                                          const QString& sample);

  Q_SIGNALS:
    void announced(quint64 openId); // the letter box is no longer empty
};

} // namespace kvprism::app
