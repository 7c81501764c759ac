// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace_bar.h"

#include "views/style.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QPainter>

namespace kvprism::app {

namespace {

// A word that is underlined while its workspace is shown.
class WorkspaceButton final : public QAbstractButton {
  public:
    WorkspaceButton(QAction* action, QWidget* parent) : QAbstractButton(parent), m_action(action) {
        setCheckable(true);
        setFocusPolicy(Qt::NoFocus); // as the menu bar beside it: Ctrl+1 … 4, and View has them
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        connect(this, &QAbstractButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::changed, this, [this] { follow(); });
        follow();
    }

    QSize sizeHint() const override {
        return {fontMetrics().horizontalAdvance(text()) + 3 * views::grid,
                fontMetrics().lineSpacing() + views::grid};
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        const views::Shades& shades = views::shadesOf(palette());
        QPainter painter(this);
        if (underMouse())
            painter.fillRect(rect(), shades.raised);
        painter.setPen(isChecked() ? shades.text : shades.quietText);
        painter.drawText(rect(), Qt::AlignCenter, text());
        if (isChecked())
            painter.fillRect(views::grid, height() - 2, width() - 2 * views::grid, 2, shades.accent);
    }

  private:
    void follow() {
        setText(QString(m_action->text()).remove(QLatin1Char('&')));
        setChecked(m_action->isChecked());
        const QString hint = QStringLiteral("%1 (%2)").arg(
            m_action->toolTip(), m_action->shortcut().toString(QKeySequence::NativeText));
        setToolTip(hint);
        setAccessibleName(WorkspaceBar::tr("Workspace %1").arg(text()));
        setAccessibleDescription(hint);
    }

    QAction* m_action;
};

} // namespace

WorkspaceBar::WorkspaceBar(std::span<QAction* const> actions, QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Workspaces"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, views::grid, 0);
    row->setSpacing(0);
    for (QAction* action : actions)
        row->addWidget(new WorkspaceButton(action, this));
}

} // namespace kvprism::app
