// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::app {

// How much of the document is held: kept, budget and document, in tokens and in bytes, over a bar to scale.
class MemoryMeter final : public QWidget {
    Q_OBJECT
  public:
    struct Reading {
        qint64 keptTokens = 0;
        quint64 keptBytes = 0; // measured
        qint64 budgetTokens = 0;
        qint64 documentTokens = 0; // the stream: prefix and document
        quint64 bytesPerToken = 0;
        bool known = false;
        friend bool operator==(const Reading&, const Reading&) = default;
    };

    explicit MemoryMeter(QWidget* parent = nullptr);

    void setReading(const Reading& reading);
    const Reading& reading() const { return m_reading; }

    // Compact: without the budget in words, which the bar has as a mark.
    void setCompact(bool compact);
    bool isCompact() const { return m_compact; }
    QSize hint(bool compact) const;

    QSize sizeHint() const override { return hint(m_compact); }
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void paintBar(QPainter& painter, const QRectF& bar) const;

    Reading m_reading;
    bool m_compact = false;
};

} // namespace kvprism::app
