// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/needle_picture.h"

#include "views/needle_row.h"
#include "views/needle_strip.h"
#include "views/painting.h"
#include "views/style.h"

#include <QPainter>
#include <QVBoxLayout>

#include <cmath>

namespace kvprism::views {

namespace {

int axisHeight() {
    return QFontMetrics(numberFont(TextSize::small)).height() + grid;
}

} // namespace

NeedlePicture::NeedlePicture(const PictureScene& scene, QWidget* host) : QWidget(host) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(grid, 0, grid, 0); // with that of the rows the margin of the page
    rows->setSpacing(0);
    for (const Navigator::TokenRange& range : scene.needles) {
        m_rows.push_back(new NeedleRow(scene.model, scene.comparison, scene.navigator, range, this));
        rows->addWidget(m_rows.back());
    }
    rows->addSpacing(axisHeight());
    rows->addStretch(1);
}

// The steps, below the last needle.
void NeedlePicture::paintEvent(QPaintEvent*) {
    if (m_rows.empty())
        return;
    const NeedleStrip& strip = *m_rows.back()->strip(0);
    const int left = strip.mapTo(this, QPoint()).x();
    const int top = m_rows.back()->geometry().bottom() + grid / 2;
    const double wide = static_cast<double>(strip.width()) / strip.steps();
    QPainter painter(this);
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shadesOf(palette()).quietText);
    const QString first = tr("step %1").arg(grouped(0));
    const int room = painter.fontMetrics().horizontalAdvance(first) + grid;
    const int every = std::max(1, static_cast<int>(std::ceil(room / wide)));
    for (int step = 0; step < strip.steps(); step += every)
        painter.drawText(QRectF(left + (step + 0.5) * wide - room / 2.0, top, room, axisHeight()),
                         Qt::AlignHCenter | Qt::AlignTop, step == 0 ? first : grouped(step));
}

} // namespace kvprism::views
