// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/top_bar.h"

#include "app/window/ask_button.h"
#include "app/window/memory_meter.h"
#include "app/window/name_button.h"
#include "app/window/reading_choice.h"
#include "views/following_font.h"
#include "views/icons.h"
#include "views/style.h"

#include <QComboBox>
#include <QEvent>
#include <QFocusEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace kvprism::app {

namespace {

constexpr int comfortableQuestion = 42; // average letters that a line shared with everything else leaves it
constexpr int shortestQuestion = 20;
constexpr int sides = 3 * views::grid; // left and right margin together

} // namespace

TopBar::TopBar(QWidget* parent)
    : QWidget(parent), m_document(new NameButton(tr("Document"), this)), m_question(new QLineEdit(this)),
      m_reading(new ReadingChoice(this)), m_run(new AskButton(this)),
      m_model(new NameButton(tr("Model"), this)), m_meter(new MemoryMeter(this)), m_upper(new QHBoxLayout),
      m_lower(new QHBoxLayout) {
    setObjectName(QStringLiteral("topBar"));
    m_document->setIcon(views::icon(views::Symbol::open));
    m_question->setObjectName(QStringLiteral("question"));
    m_question->setAccessibleName(tr("Question"));
    views::followFont(m_question, views::FontKind::text, views::TextSize::large);
    m_question->setMinimumHeight(5 * views::grid); // more where its letters are larger
    m_question->setClearButtonEnabled(true);
    m_question->setMaxLength(4096);
    m_question->setAcceptDrops(false); // files are dropped on the window
    m_question->installEventFilter(this);
    m_question->setTextMargins(views::grid, 0, 0, 0);
    for (QToolButton* clear : m_question->findChildren<QToolButton*>())
        clear->setAccessibleName(tr("Clear the question"));
    m_run->setObjectName(QStringLiteral("run"));

    for (QHBoxLayout* line : {m_upper, m_lower})
        line->setSpacing(views::grid);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(views::grid, views::grid, 2 * views::grid, views::grid);
    column->setSpacing(views::grid / 2);
    column->addLayout(m_upper);
    column->addLayout(m_lower);
    column->addWidget(m_reading->standingLine());

    connect(m_document, &QToolButton::clicked, this, &TopBar::openDocumentRequested);
    connect(m_model, &QToolButton::clicked, this, &TopBar::openModelRequested);
    connect(m_question, &QLineEdit::textChanged, this, &TopBar::refresh);
    connect(m_question, &QLineEdit::returnPressed, this, [this] {
        if (m_state != RunState::idle)
            Q_EMIT askedMeanwhile();
        else if (m_run->isEnabled())
            act();
    });
    connect(m_run, &QPushButton::clicked, this, &TopBar::act);
    setDocument({}, {}, {});
    setModel({}, {}, {});
    refresh();
    place(true);
    const auto remeasure = [this] {
        m_meter->updateGeometry(); // these two measure letters that are not their own font's
        m_run->updateGeometry();
        shareTheWidth();
    };
    connect(&views::textScaleNotice(), &views::TextScaleNotice::changed, this, remeasure,
            Qt::QueuedConnection);
}

void TopBar::setDocument(const QString& name, const QString& detail, const QString& hint) {
    m_documentName = name;
    m_document->setLines(name.isEmpty() ? tr("Open a document") : name, detail);
    m_document->setAccessibleDescription(hint);
    m_document->setToolTip(hint.isEmpty() ? tr("Open a document (Ctrl+O)") : hint);
    refresh();
}

void TopBar::setModel(const QString& name, const QString& detail, const QString& hint) {
    m_model->setLines(name.isEmpty() ? tr("Model") : name, detail);
    m_model->setAccessibleDescription(hint);
    m_model->setToolTip(hint);
}

void TopBar::setState(RunState state) {
    m_state = state;
    if (state == RunState::idle) {
        m_share = 0;
        offerAnother();
    }
    refresh();
}

void TopBar::setShare(double share) {
    m_share = share;
    update();
}

void TopBar::setObstacle(const QString& reason) {
    m_obstacle = reason;
    refresh();
}

void TopBar::setEstimate(const QString& sentence) {
    m_estimate = sentence;
    refresh();
}

QString TopBar::question() const {
    return m_question->text().trimmed();
}
void TopBar::setQuestion(const QString& question) {
    m_question->setText(question);
    offerAnother();
}

// Whoever types next asks something else, and does not add to what was asked. (Without the focus the field
// selects all of it when the focus comes.)
void TopBar::offerAnother() {
    if (m_question->hasFocus())
        m_question->selectAll();
}

// A click into the field takes all of it first, as the Tab key does.
bool TopBar::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::FocusIn)
        m_clickedInto = static_cast<QFocusEvent*>(event)->reason() == Qt::MouseFocusReason;
    else if (event->type() == QEvent::MouseButtonRelease && std::exchange(m_clickedInto, false) &&
             !m_question->hasSelectedText())
        m_question->selectAll();
    return QWidget::eventFilter(object, event);
}

void TopBar::focusQuestion() {
    m_question->setFocus(Qt::ShortcutFocusReason);
    m_question->selectAll();
}

void TopBar::act() {
    offerAnother();
    if (m_state == RunState::idle)
        Q_EMIT askRequested(question());
    else
        Q_EMIT stopRequested();
}

void TopBar::refresh() {
    const bool running = m_state != RunState::idle;
    QString reason = m_obstacle;
    if (reason.isEmpty() && question().isEmpty())
        reason = tr("Type a question first.");
    m_question->setEnabled(!m_documentName.isEmpty());
    m_question->setPlaceholderText(m_documentName.isEmpty()
                                       ? tr("Open a document, then ask about it")
                                       : tr("Ask a question about %1").arg(m_documentName));
    m_run->setText(running ? tr("Stop") : tr("Ask"));
    m_run->setEnabled(running ? m_state != RunState::stopping : reason.isEmpty());
    m_run->setAccessibleName(m_run->text());
    m_run->setToolTip(running            ? tr("Stop the engine (Esc)")
                      : reason.isEmpty() ? tr("Ask (Return). %1").arg(m_estimate).trimmed()
                                         : reason);
    m_run->setAccessibleDescription(m_run->toolTip());
    update();
}

int TopBar::widthOfOneLine(bool compactMeter) const {
    const int question = m_question->fontMetrics().averageCharWidth() * comfortableQuestion;
    return sides + m_document->sizeHint().width() + question + m_reading->way()->sizeHint().width() +
           m_run->sizeHint().width() + m_model->sizeHint().width() + m_meter->hint(compactMeter).width() +
           5 * views::grid;
}

QSize TopBar::minimumSizeHint() const {
    const int names = m_document->minimumSizeHint().width() + m_model->minimumSizeHint().width() +
                      m_meter->hint(true).width() + 2 * views::grid;
    const int asking = m_question->fontMetrics().averageCharWidth() * shortestQuestion +
                       m_reading->way()->minimumSizeHint().width() + m_run->sizeHint().width() +
                       2 * views::grid;
    return {sides + std::max(names, asking), QWidget::minimumSizeHint().height()};
}

// One line for all; else the meter says less; else the question has a line of its own. Depends on the width
// and the letters alone, so that typing and running move nothing.
void TopBar::shareTheWidth() {
    const bool whole = width() >= widthOfOneLine(false);
    const bool oneLine = whole || width() >= widthOfOneLine(true);
    const int names = sides + m_document->sizeHint().width() + m_model->sizeHint().width() +
                      m_meter->hint(false).width() + 2 * views::grid;
    m_meter->setCompact(oneLine ? !whole : width() < names);
    if (m_onOneLine != oneLine)
        place(oneLine);
}

void TopBar::place(bool onOneLine) {
    m_onOneLine = onOneLine;
    for (QHBoxLayout* line : {m_upper, m_lower})
        while (const QLayoutItem* item = line->takeAt(0))
            delete item;
    QHBoxLayout* asking = onOneLine ? m_upper : m_lower;
    m_upper->addWidget(m_document);
    asking->addWidget(m_question, 1);
    asking->addWidget(m_reading->way());
    asking->addWidget(m_run);
    if (!onOneLine)
        m_upper->addStretch();
    m_upper->addWidget(m_model);
    m_upper->addWidget(m_meter);
    for (QWidget* each = this; !each->isWindow(); each = each->parentWidget())
        each->updateGeometry(); // the toolbar around it would keep its height until something else happens
    setTabOrder(onOneLine ? static_cast<QWidget*>(m_run) : m_document, m_model); // as they are read
}

bool TopBar::event(QEvent* event) {
    const bool done = QWidget::event(event);
    switch (event->type()) {
    case QEvent::Resize:
    case QEvent::LayoutRequest:
    case QEvent::Show:
    case QEvent::FontChange:
        shareTheWidth();
        break;
    default:
        break;
    }
    return done;
}

void TopBar::paintEvent(QPaintEvent*) {
    const views::Shades& shades = views::shadesOf(palette());
    QPainter painter(this);
    painter.fillRect(0, height() - 1, width(), 1, shades.rule);
    if (m_state != RunState::idle)
        painter.fillRect(QRectF(0, height() - 3, width() * m_share, 3), shades.accent);
}

} // namespace kvprism::app
