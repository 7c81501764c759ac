// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

// The window that a view is drawn in for a picture: never on the screen.
class PictureHost final : public QWidget {
    Q_OBJECT
  public:
    // `ratio`: pixels of the picture a unit.
    explicit PictureHost(qreal ratio) : m_ratio(ratio) { setAttribute(Qt::WA_DontShowOnScreen); }
    qreal ratio() const { return m_ratio; }

  private:
    qreal m_ratio;
};

// Whether a view is drawn for a picture, where nothing is pointed at, pressed or animated.
inline bool inPicture(const QWidget& widget) {
    return qobject_cast<const PictureHost*>(widget.window()) != nullptr;
}

// Pixels a unit of what the widget is drawn on: of its screen, or of the picture.
inline qreal pixelRatio(const QWidget& widget) {
    const auto* host = qobject_cast<const PictureHost*>(widget.window());
    return host ? host->ratio() : widget.devicePixelRatioF();
}

} // namespace kvprism::views
