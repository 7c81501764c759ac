// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/trace_delivery.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace kvprism::app {

// Empties a letter box on the window's thread: at once where the last time is long ago, else a frame (33 ms)
// after it.
class DeliveryPump final : public QObject {
    Q_OBJECT
  public:
    static constexpr int frameMs = 33;

    explicit DeliveryPump(QObject* parent = nullptr);

    void follow(std::shared_ptr<TraceDelivery> source); // what is left in the one before is dropped
    void announce();                                    // there is something in the box

  Q_SIGNALS:
    void delivered(const std::shared_ptr<const kvprism::app::Delivery>& delivery);

  private:
    void takeNow();

    std::shared_ptr<TraceDelivery> m_source;
    QTimer m_frame;
    QElapsedTimer m_sinceLast;
};

} // namespace kvprism::app
