// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QWidget>

#include <span>

namespace kvprism::app {

// The workspaces beside the menu, one click each; the shown one is underlined in the accent colour.
class WorkspaceBar final : public QWidget {
    Q_OBJECT
  public:
    explicit WorkspaceBar(std::span<QAction* const> actions, QWidget* parent = nullptr);
};

} // namespace kvprism::app
