// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/document_panel.h"

#include "app/window/words.h"
#include "views/following_font.h"
#include "views/style.h"
#include "views/text_canvas.h"

#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::app {

namespace {

// One line that takes the room there is: a file's name must not decide how wide the window is.
class NameLine final : public QLabel {
  public:
    using QLabel::QLabel;
    QSize minimumSizeHint() const override { return {8 * views::grid, QLabel::minimumSizeHint().height()}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter,
                         fontMetrics().elidedText(text(), Qt::ElideMiddle, width()));
    }
};

// Its lines are as long as those of a shown run's text, however wide the window is.
class Preview final : public QPlainTextEdit {
  public:
    using QPlainTextEdit::QPlainTextEdit;

  protected:
    void resizeEvent(QResizeEvent* event) override {
        const int letters = fontMetrics().averageCharWidth() * views::TextCanvas::mostLettersPerLine;
        const int measure = letters + 4 * views::grid; // with the document's margin
        setViewportMargins(0, 0, std::max(0, width() - verticalScrollBar()->width() - measure), 0);
        QPlainTextEdit::resizeEvent(event);
    }
};

constexpr qsizetype longestWord = 1000; // letters: laying out a word takes the square of its length

// The text, with words that are no words cut into lines.
QString withBreaks(const QString& text) {
    QString broken;
    broken.reserve(text.size());
    qsizetype word = 0;
    for (const QChar letter : text) {
        word = letter.isSpace() ? 0 : word + 1;
        if (word > longestWord && !letter.isLowSurrogate()) {
            broken += QLatin1Char('\n');
            word = 1;
        }
        broken += letter;
    }
    return broken;
}

constexpr std::ptrdiff_t shownBytes = 1 << 20; // of a preview: laying out more takes seconds

} // namespace

DocumentPanel::DocumentPanel(QWidget* parent)
    : QWidget(parent), m_title(new NameLine(this)), m_hint(new QLabel(this)), m_text(new Preview(this)) {
    views::followFont(m_title, views::FontKind::text, views::TextSize::large, QFont::DemiBold);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_hint->setWordWrap(true);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setTextFormat(Qt::PlainText);
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setAccessibleName(tr("Document as the model will read it"));
    m_text->document()->setDocumentMargin(2 * views::grid);

    auto* head = new QVBoxLayout;
    head->setContentsMargins(2 * views::grid, 2 * views::grid, 2 * views::grid, views::grid);
    head->setSpacing(views::grid / 2);
    head->addWidget(m_title);
    head->addWidget(m_hint);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_text, 1);
}

void DocumentPanel::show(const text::Document& document) {
    m_title->setText(QString::fromStdString(document.name));
    m_title->setToolTip(QString::fromStdString(document.path));
    m_hint->setText(
        tr("%1. This is the text as the model will read it, block by block. Ask a question above: then "
           "you will see here which words the memory keeps, and which it lets go.")
            .arg(bytesText(document.bytes)));
    QString text = QString::fromUtf8(document.text.data(), std::min(shownBytes, std::ssize(document.text)));
    if (std::ssize(document.text) > shownBytes)
        text += tr("\n\n… %1 more are not shown here.").arg(bytesText(document.text.size() - shownBytes));
    m_text->setPlainText(withBreaks(text));
}

} // namespace kvprism::app
