// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/replay_bar.h"

#include "views/models/navigator.h"
#include "views/models/trace_model.h"

namespace kvprism::views {

ReplayBar::ReplayBar(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    Q_UNUSED(m_model)
    Q_UNUSED(m_navigator)
}

void ReplayBar::setPlaying(bool playing) {
    m_playing = playing;
}

} // namespace kvprism::views
