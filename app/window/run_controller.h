// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/delivery_pump.h"
#include "app/window/engine_worker.h"

#include <QObject>
#include <QThread>

#include <optional>
#include <stop_token>

namespace kvprism::app {

enum class RunState { idle, loading, reading, answering, stopping };

// A saved memory that answers instead of a document, and the recorded run that it belongs to: what is
// answered from it is shown behind that run, and not recorded.
struct MemoryRequest {
    QString path;
    QString recording;
    trace::TraceStore run;
};

// What the person asked for, before a run is made of it.
struct RunRequest {
    ModelRequest model;
    select::Config config;
    std::shared_ptr<const text::Document> document;
    QString question;
    QString recordingPath; // empty: not recorded
    std::optional<MemoryRequest> memory;
};

// A recording to be run again.
struct VerifyRequest {
    QString recordingPath;
    ModelRequest model;                             // where the recorded one is not there
    std::shared_ptr<const text::Document> document; // where it is at hand
    QString documentPath;                           // where it is now; empty: where it was
};

enum class Task { run, verify, save };

// The window's side of the engine thread: starts and stops runs, and lets what the current run delivers into
// the model. One run goes on at a time; a request that comes meanwhile stops it and follows it, and of
// several only the last does. Lives on the window's thread.
class RunController final : public QObject {
    Q_OBJECT
  public:
    RunController(EngineFactory factory, views::TraceModel* model, QObject* parent = nullptr);
    ~RunController() override; // as shutDown()

    void start(const RunRequest& request);
    // Whether the memory of the last run answers this without reading again: the same document, model and
    // configuration, and a memory that was not made for one question. The answer then belongs to that run and
    // its recording.
    bool continues(const RunRequest& request) const;
    // Runs a recording again and compares, answered by `verified`; the shown run stays, and nothing is
    // recorded. Ignored while something goes on.
    void verify(const VerifyRequest& request);
    // Writes the memory that held() speaks of to a file, answered by `memorySaved`. Ignored while something
    // goes on.
    void saveMemory(const QString& path);
    void forget();   // the memory that is held answers no more questions
    void stop();     // also forgets a request that waits
    void shutDown(); // stop, quit, wait; nothing can be started afterwards

    RunState state() const { return m_state; }
    bool isRunning() const { return m_state != RunState::idle; }
    Task task() const { return m_task; } // that goes on, or did last
    const std::optional<Progress>& progress() const { return m_progress; }
    // What was asked of the memory that is held and answers without reading; nothing where there is none.
    const std::optional<RunRequest>& held() const { return m_last; }
    const RunRequest& request() const { return m_request; } // the newest
    bool isFromMemory(const trace::Answer& answer) const;   // of the newest run: from a saved one
    // The newest run as far as it has come, whatever the model shows.
    const trace::TraceStore& liveRun() const { return m_live; }
    bool hasBegun() const { return m_begun; } // the last request came as far as reading or answering
    const QString& liveAnswer() const { return m_liveAnswer; }        // what has streamed so far
    std::optional<double> lastStopMs() const { return m_lastStopMs; } // from stop() to an idle engine

    // Whether the model shows the live run. While something else is shown the run goes on unseen; showing it
    // again brings the model up to date.
    void setShown(bool shown);
    bool isShown() const { return m_shown; }

  Q_SIGNALS:
    void started(const kvprism::app::RunRequest& request);
    void stateChanged(kvprism::app::RunState state);
    void progressed(const kvprism::Progress& progress);
    void liveText(const QString& text);
    void noticed(const QString& sentence);
    void recordingFailed(const QString& sentence); // the run goes on without its recording
    void finished(const std::shared_ptr<const kvprism::app::Ending>& ending); // the engine is idle again

    void verified(const std::shared_ptr<const kvprism::app::Ending>& ending);    // likewise
    void memorySaved(const std::shared_ptr<const kvprism::app::Ending>& ending); // likewise

  private:
    void begin(const RunRequest& request);
    void beginLive(const RunRequest& request);
    EngineCommand nextCommand(const ModelRequest& model);
    void setState(RunState state);
    void takeDelivery(const Delivery& delivery);
    void onAnnounced(RunId id);
    void conclude(const std::shared_ptr<const Ending>& ending);

    views::TraceModel* m_model;
    QThread m_thread;
    EngineWorker* m_worker; // lives and dies on m_thread
    DeliveryPump m_pump;

    RunId m_current = 0;
    std::stop_source m_stop;
    RunState m_state = RunState::idle;
    Task m_task = Task::run;
    std::optional<RunRequest> m_next;
    std::optional<RunRequest> m_last; // whose memory may be there; nothing after a failure or a stop
    RunRequest m_request;             // of the current run
    bool m_begun = false;
    std::shared_ptr<const trace::Run> m_liveRun;
    trace::TraceStore m_live;
    std::size_t m_recordedAnswers = 0; // of m_live, where a saved memory gives the others
    QString m_liveAnswer;
    std::optional<Progress> m_progress;
    bool m_shown = true;
    std::chrono::steady_clock::time_point m_stoppedAt;
    std::optional<double> m_lastStopMs;
};

} // namespace kvprism::app
