// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/delivery_pump.h"
#include "app/window/recording_worker.h"

#include <QObject>
#include <QThread>

#include <stop_token>

namespace kvprism::app {

// The window's side of the reader thread: lets recordings into the same model that live runs go into, and
// lists those in a folder. Opening another one supersedes the one before. Lives on the window's thread.
class ReplayController final : public QObject {
    Q_OBJECT
  public:
    explicit ReplayController(views::TraceModel* model, QObject* parent = nullptr);
    ~ReplayController() override; // as shutDown()

    void open(const QString& path);
    void cancel(); // what is being opened will not be shown
    void shutDown();

    // Answered by `listed`: the recordings in `folder`, newest first, then `sample` where it is not empty.
    void list(const QString& folder, const QString& sample = {});

  Q_SIGNALS:
    void aboutToShow(); // the model's content will be replaced
    void opened(const QString& path);
    void failed(const QString& path, const QString& sentence);
    void listed(const std::shared_ptr<const kvprism::app::RecordingSummaries>& summaries);

  private:
    void onAnnounced(RunId id);
    void takeDelivery(const Delivery& delivery);

    views::TraceModel* m_model;
    QThread m_thread;
    RecordingWorker* m_worker; // lives and dies on m_thread
    DeliveryPump m_pump;
    RunId m_current = 0;
    std::stop_source m_stop;
};

} // namespace kvprism::app
