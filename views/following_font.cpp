// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/following_font.h"

#include <QWidget>

namespace kvprism::views {

namespace {

// Lives as long as its widget.
class FontFollower final : public QObject {
  public:
    FontFollower(QWidget* widget, FontKind kind, TextSize size, QFont::Weight weight)
        : QObject(widget), m_widget(widget), m_kind(kind), m_size(size), m_weight(weight) {
        connect(&textScaleNotice(), &TextScaleNotice::changed, this, &FontFollower::apply);
        apply();
    }

  private:
    void apply() {
        m_widget->setFont(m_kind == FontKind::number ? numberFont(m_size, m_weight)
                                                     : textFont(m_size, m_weight));
    }

    QWidget* m_widget;
    FontKind m_kind;
    TextSize m_size;
    QFont::Weight m_weight;
};

} // namespace

void followFont(QWidget* widget, FontKind kind, TextSize size, QFont::Weight weight) {
    new FontFollower(widget, kind, size, weight);
}

} // namespace kvprism::views
