// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/delivery_pump.h"

#include <algorithm>

namespace kvprism::app {

DeliveryPump::DeliveryPump(QObject* parent) : QObject(parent) {
    m_frame.setSingleShot(true);
    m_frame.setTimerType(Qt::PreciseTimer);
    connect(&m_frame, &QTimer::timeout, this, &DeliveryPump::takeNow);
}

void DeliveryPump::follow(std::shared_ptr<TraceDelivery> source) {
    m_frame.stop();
    m_source = std::move(source);
}

void DeliveryPump::announce() {
    if (!m_source || m_frame.isActive())
        return;
    const qint64 since = m_sinceLast.isValid() ? m_sinceLast.elapsed() : frameMs;
    m_frame.start(static_cast<int>(std::clamp<qint64>(frameMs - since, 0, frameMs)));
}

void DeliveryPump::takeNow() {
    const auto delivery = m_source ? m_source->take() : nullptr;
    if (!delivery)
        return;
    m_sinceLast.start();
    Q_EMIT delivered(delivery);
}

} // namespace kvprism::app
