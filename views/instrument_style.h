// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace kvprism::views {

// Fusion without its bevels: flat buttons, thin rules, slim scroll bars, focus in the accent colour.
class InstrumentStyle final : public QProxyStyle {
    Q_OBJECT
  public:
    InstrumentStyle() : QProxyStyle(QStringLiteral("Fusion")) {}
};

} // namespace kvprism::views
