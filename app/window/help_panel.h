// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QMenu;
class QMenuBar;
class QTextBrowser;

namespace kvprism::app {

// A short manual, then every action of the menus with its key and its sentence, read from the actions
// themselves whenever the panel is opened.
class HelpPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit HelpPanel(QWidget* parent = nullptr);

    void setMenus(const QMenuBar* menus) { m_menus = menus; } // outlives this
    QString text() const;                                     // as it is read

    QSize sizeHint() const override { return {420, 480}; }
    QSize minimumSizeHint() const override { return {200, 120}; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void refresh();

    const QMenuBar* m_menus = nullptr;
    QTextBrowser* m_page;
};

} // namespace kvprism::app
