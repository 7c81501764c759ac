// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QPaintDevice>
#include <QSize>
#include <QString>

#include <memory>

namespace kvprism::views {

// What is painted on it becomes an SVG document: text as text, clips as clips and patterns of brushes as
// patterns, which Qt 6.4's own generator leaves out. Brushes are plain colours or textures; a gradient would
// become its brush's colour.
class SvgDevice final : public QPaintDevice {
  public:
    // `size` in units; `comment` is the document's first line.
    SvgDevice(QSize size, const QString& title, const QString& comment);
    ~SvgDevice() override;

    QByteArray document() const; // once the painter has ended
    QPaintEngine* paintEngine() const override;

  protected:
    int metric(PaintDeviceMetric metric) const override;

  private:
    class Engine;
    QSize m_size;
    QString m_title;
    QString m_comment;
    std::unique_ptr<Engine> m_engine;
};

} // namespace kvprism::views
