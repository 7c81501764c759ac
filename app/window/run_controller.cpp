// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_controller.h"

#include "app/window/log.h"
#include "app/window/queued_call.h"
#include "engine/select/method.h"

#include <algorithm>
#include <utility>

namespace kvprism::app {

namespace {

RunState stateOf(Phase phase) {
    switch (phase) {
    case Phase::loading:
        return RunState::loading;
    case Phase::tokenising:
    case Phase::reading:
        return RunState::reading;
    case Phase::answering:
    case Phase::comparing: // the answer is there, and the run goes on
        return RunState::answering;
    }
    return RunState::reading;
}

void feed(const views::TraceBatch& batch, trace::TraceStore& store) {
    if (batch.run)
        store.runStarted(batch.run);
    for (const auto& step : batch.steps)
        store.stepPlanned(step);
    for (const auto& applied : batch.applied)
        store.stepApplied(applied);
    for (const auto& answer : batch.answers)
        store.answered(answer);
    if (batch.end)
        store.runEnded(*batch.end);
}

const char* stateName(RunState state) {
    constexpr const char* names[] = {"idle", "loading", "reading", "answering", "stopping"};
    return names[static_cast<std::size_t>(state)];
}

} // namespace

RunController::RunController(EngineFactory factory, views::TraceModel* model, QObject* parent)
    : QObject(parent), m_model(model), m_worker(new EngineWorker(std::move(factory))) {
    m_thread.setObjectName(QStringLiteral("kvprism-engine"));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(m_worker, &EngineWorker::announced, this, &RunController::onAnnounced, Qt::QueuedConnection);
    connect(&m_pump, &DeliveryPump::delivered, this,
            [this](const std::shared_ptr<const Delivery>& delivery) { takeDelivery(*delivery); });
    m_thread.start();
}

RunController::~RunController() {
    shutDown();
}

void RunController::start(const RunRequest& request) {
    if (!m_thread.isRunning())
        return;
    if (isRunning()) {
        stop();
        m_next = request;
    } else {
        begin(request);
    }
}

bool RunController::continues(const RunRequest& request) const {
    if (!m_last || !m_liveRun || m_last->memory.has_value() != request.memory.has_value() ||
        m_last->document != request.document || m_last->config != request.config ||
        m_last->model != request.model)
        return false;
    return request.memory ? request.memory->path == m_last->memory->path
                          : select::promptOf(request.config) != select::Scoring::question;
}

// Whoever had the engine before has nothing more to say.
EngineCommand RunController::nextCommand(const ModelRequest& model) {
    const RunId id = ++m_current;
    m_stop = std::stop_source();
    m_progress.reset();
    m_lastStopMs.reset();
    EngineCommand command;
    command.id = id;
    command.model = model;
    command.delivery =
        std::make_shared<TraceDelivery>([worker = m_worker, id] { Q_EMIT worker->announced(id); });
    command.stop = m_stop.get_token();
    m_pump.follow(command.delivery);
    return command;
}

void RunController::verify(const VerifyRequest& request) {
    if (!m_thread.isRunning() || isRunning())
        return;
    m_task = Task::verify;
    VerifyCommand command;
    static_cast<EngineCommand&>(command) = nextCommand(request.model);
    command.recordingPath = request.recordingPath.toStdString();
    command.document = request.document;
    command.documentPath = request.documentPath.toStdString();
    setState(RunState::loading);
    qCInfo(runLog) << "verification started";
    queueCall(m_worker, [worker = m_worker, command = std::move(command)] { worker->verify(command); });
}

void RunController::saveMemory(const QString& path) {
    if (!m_thread.isRunning() || isRunning())
        return;
    m_task = Task::save;
    SaveCommand command;
    static_cast<EngineCommand&>(command) = nextCommand({});
    command.path = path.toStdString();
    setState(RunState::loading);
    queueCall(m_worker, [worker = m_worker, command = std::move(command)] { worker->saveMemory(command); });
}

// A new run, or a recorded one that goes on with answers from its saved memory.
void RunController::beginLive(const RunRequest& request) {
    m_liveRun.reset();
    m_live = trace::TraceStore();
    m_recordedAnswers = 0;
    if (!request.memory || !request.memory->run.run())
        return;
    m_shown = m_model->run() == request.memory->run.run();
    m_live = m_shown ? m_model->whole() : request.memory->run; // more of it may have come since it was asked
    m_liveRun = std::make_shared<const trace::Run>(*m_live.run());
    m_recordedAnswers = m_live.answers().size();
}

bool RunController::isFromMemory(const trace::Answer& answer) const {
    if (!m_request.memory)
        return false;
    const auto& all = m_live.answers();
    return std::any_of(all.begin() + static_cast<std::ptrdiff_t>(m_recordedAnswers), all.end(),
                       [&](const auto& each) { return each.get() == &answer; });
}

void RunController::begin(const RunRequest& request) {
    m_task = Task::run;
    m_liveAnswer.clear();
    m_begun = false;
    m_request = request;
    const bool goesOn = continues(request);
    if (!goesOn)
        beginLive(request);
    m_last.reset();
    setShown(true);

    RunCommand command;
    static_cast<EngineCommand&>(command) = nextCommand(request.model);
    command.continues = goesOn;
    command.config = request.config;
    command.document = request.document;
    if (request.memory && m_liveRun)
        command.memory = SavedMemory{request.memory->path.toStdString(), m_liveRun->model};
    command.question = request.question.toStdString();
    command.recordingPath = request.recordingPath.toStdString();
    setState(RunState::loading);
    qCInfo(runLog) << "run started";
    Q_EMIT started(request);
    queueCall(m_worker, [worker = m_worker, command = std::move(command)] { worker->run(command); });
}

void RunController::forget() {
    m_last.reset();
}

void RunController::stop() {
    m_next.reset();
    if (!isRunning() || m_stop.stop_requested())
        return;
    m_stoppedAt = std::chrono::steady_clock::now();
    m_stop.request_stop();
    setState(RunState::stopping);
}

void RunController::shutDown() {
    stop();
    endThread(m_thread);
}

void RunController::setShown(bool shown) {
    if (shown && !m_shown) {
        const views::TraceBatch batch{m_liveRun, m_live.steps(), m_live.applied(), m_live.answers(),
                                      m_live.end()};
        m_model->clear();
        m_model->append(batch);
    }
    m_shown = shown;
}

void RunController::setState(RunState state) {
    if (state == m_state)
        return;
    m_state = state;
    qCDebug(runLog) << "state" << stateName(state);
    Q_EMIT stateChanged(state);
}

void RunController::onAnnounced(RunId id) {
    if (id == m_current)
        m_pump.announce();
}

void RunController::takeDelivery(const Delivery& delivery) {
    if (delivery.progress) {
        m_progress = delivery.progress;
        if (m_state != RunState::stopping)
            setState(stateOf(delivery.progress->phase));
        Q_EMIT progressed(*delivery.progress);
    }
    if (!delivery.text.empty()) {
        const QString text = QString::fromStdString(delivery.text);
        m_liveAnswer += text;
        Q_EMIT liveText(text);
    }
    if (delivery.trace.run)
        m_liveRun = delivery.trace.run;
    m_begun = m_begun || delivery.trace.run || !delivery.text.empty() || !delivery.trace.answers.empty();
    feed(delivery.trace, m_live);
    if (m_shown)
        m_model->append(delivery.trace);
    for (const std::string& sentence : delivery.notices)
        Q_EMIT noticed(QString::fromStdString(sentence));
    if (delivery.recordingError)
        Q_EMIT recordingFailed(QString::fromStdString(delivery.recordingError->message));
    if (delivery.ending)
        conclude(delivery.ending);
}

void RunController::conclude(const std::shared_ptr<const Ending>& ending) {
    if (m_stop.stop_requested()) {
        m_lastStopMs = std::chrono::duration<double, std::milli>(ending->idleAt - m_stoppedAt).count();
        qCInfo(runLog) << "engine idle" << *m_lastStopMs << "ms after stop";
    }
    if (!ending->holdsMemory)
        m_last.reset();
    else if (m_task == Task::run && ending->outcome == trace::Outcome::finished)
        m_last = m_request;
    qCInfo(runLog) << "run ended" << ending->recordingPath.c_str();
    setState(RunState::idle);
    switch (m_task) {
    case Task::run:
        Q_EMIT finished(ending);
        break;
    case Task::verify:
        Q_EMIT verified(ending);
        break;
    case Task::save:
        Q_EMIT memorySaved(ending);
        break;
    }
    if (m_next && !isRunning())
        begin(*std::exchange(m_next, std::nullopt));
}

} // namespace kvprism::app
