// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/text_view.h"

#include "views/models/navigator.h"
#include "views/models/trace_model.h"

namespace kvprism::views {

TextView::TextView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    Q_UNUSED(m_model)
    Q_UNUSED(m_navigator)
}

} // namespace kvprism::views
