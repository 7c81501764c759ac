// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/recording_watch.h"

#include "engine/trace/recording_writer.h"

namespace kvprism::app {

void RecordingWatch::look() {
    if (m_told)
        return;
    const Status status = m_writer.status();
    m_told = !status;
    if (m_told)
        m_delivery.recordingFailed(status.error());
}

} // namespace kvprism::app
