// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/replay_controller.h"

#include "app/window/queued_call.h"

#include <utility>

namespace kvprism::app {

namespace {

constexpr int mostListed = 200;

} // namespace

ReplayController::ReplayController(views::TraceModel* model, QObject* parent)
    : QObject(parent), m_model(model), m_worker(new RecordingWorker) {
    m_thread.setObjectName(QStringLiteral("kvprism-reader"));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(m_worker, &RecordingWorker::announced, this, &ReplayController::onAnnounced,
            Qt::QueuedConnection);
    connect(&m_pump, &DeliveryPump::delivered, this,
            [this](const std::shared_ptr<const Delivery>& delivery) { takeDelivery(*delivery); });
    m_thread.start();
}

ReplayController::~ReplayController() {
    shutDown();
}

void ReplayController::open(const QString& path) {
    if (!m_thread.isRunning())
        return;
    m_stop.request_stop();
    m_stop = std::stop_source();
    const RunId id = ++m_current;
    OpenCommand command;
    command.id = id;
    command.path = path.toStdString();
    command.delivery =
        std::make_shared<TraceDelivery>([worker = m_worker, id] { Q_EMIT worker->announced(id); });
    command.stop = m_stop.get_token();
    m_pump.follow(command.delivery);
    queueCall(m_worker, [worker = m_worker, command = std::move(command)] { worker->open(command); });
}

void ReplayController::cancel() {
    m_stop.request_stop();
    ++m_current;
    m_pump.follow(nullptr);
}

void ReplayController::shutDown() {
    cancel();
    endThread(m_thread);
}

void ReplayController::list(const QString& folder, const QString& sample) {
    if (!m_thread.isRunning())
        return;
    queueCall(m_worker, [this, folder, sample] {
        queueCall(this, [this, summaries = RecordingWorker::list(folder, mostListed, sample)] {
            Q_EMIT listed(summaries);
        });
    });
}

void ReplayController::onAnnounced(RunId id) {
    if (id == m_current)
        m_pump.announce();
}

void ReplayController::takeDelivery(const Delivery& delivery) {
    if (delivery.trace.run)
        Q_EMIT aboutToShow();
    m_model->append(delivery.trace);
    if (!delivery.ending)
        return;
    const QString path = QString::fromStdString(delivery.ending->recordingPath);
    if (delivery.ending->error)
        Q_EMIT failed(path, QString::fromStdString(delivery.ending->error->message));
    else
        Q_EMIT opened(path);
}

} // namespace kvprism::app
