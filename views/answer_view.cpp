// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/answer_view.h"

#include "views/models/navigator.h"
#include "views/models/trace_model.h"

namespace kvprism::views {

AnswerView::AnswerView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    Q_UNUSED(m_model)
    Q_UNUSED(m_navigator)
}

void AnswerView::beginAnswer(const QString&) {}

void AnswerView::appendLiveText(const QString&) {}

void AnswerView::clearConversation() {}

} // namespace kvprism::views
