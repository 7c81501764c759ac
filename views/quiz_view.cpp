// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/quiz_view.h"

#include "views/controls.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/quiz_row.h"
#include "views/quiz_words.h"
#include "views/style.h"

#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

QuizView::QuizView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_title(new QLabel(this)),
      m_about(quietLabel(this)), m_sentence(new QLabel(this)), m_note(quietLabel(this)),
      m_result(new QLabel(this)), m_tallyLabel(quietLabel(this)), m_count(new QComboBox(this)),
      m_area(new QScrollArea(this)), m_list(new QWidget), m_column(new QVBoxLayout(m_list)) {
    setAccessibleName(tr("Quiz: which tokens will survive?"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setWhatsThis(
        tr("<p>Some words that a step had to choose between: mark each as staying or going, then look "
           "at the truth.</p><p>S and G mark a word, Up and Down walk, Return shows the truth.</p>"));
    m_ask = makeButton(QString(), tr("Draws words that this step had to choose between"), &QuizView::ask);
    m_others = makeButton(tr("Other words"), QString(), &QuizView::askOthers);
    m_show = makeButton(tr("Show"), QString(), &QuizView::showTruth);
    m_leave =
        makeButton(tr("Leave"), tr("Let go of this question; the score stays as it is"), &QuizView::leave);
    m_reset = makeButton(tr("Reset"), tr("Forget the score and what was asked, and draw other words"),
                         &QuizView::startAgain);
    for (int count = leastWords; count <= mostWords; ++count)
        m_count->addItem(tr("%1 words").arg(count), count);
    m_count->setCurrentIndex(6 - leastWords);
    m_count->setAccessibleName(tr("Words in a question"));
    m_count->setToolTip(tr("How many words the next question asks about"));
    layOut();
    connect(m_model, &TraceModel::runChanged, this, &QuizView::resetForRun);
    connect(m_model, &TraceModel::stepsAppended, this, &QuizView::scheduleRefresh);
    connect(m_model, &TraceModel::ended, this, &QuizView::scheduleRefresh);
    connect(m_navigator, &Navigator::stepChanged, this, &QuizView::refresh);
    refresh();
}

QuizView::~QuizView() {
    if (m_model && m_navigator)
        uncover(); // nothing else could
}

void QuizView::resetForRun() {
    uncover();
    m_question.reset();
    m_shown = false;
    m_asked.clear();
    m_tally = {};
    fillRows();
    refresh();
}

void QuizView::startAgain() {
    ++m_seed;
    resetForRun();
    m_ask->setFocus();
}

void QuizView::ask() {
    if (m_next)
        askAbout(*m_next);
}

void QuizView::askOthers() {
    if (m_question)
        askAbout(m_question->step);
}

std::set<int> QuizView::askedAt(int step) const {
    const auto found = m_asked.find(step);
    return found == m_asked.end() ? std::set<int>() : found->second;
}

void QuizView::askAbout(int step) {
    uncover();
    const int count = m_count->currentData().toInt();
    auto drawn = drawQuiz(*m_model, step, count, m_seed, askedAt(step));
    if (!drawn) { // all were asked about: begin again with them
        m_asked[step].clear();
        drawn = drawQuiz(*m_model, step, count, m_seed);
    }
    if (!drawn)
        return;
    m_question = std::move(drawn);
    m_askedRun = m_model->run();
    for (const QuizItem& item : m_question->items)
        m_asked[step].insert(item.token);
    m_shown = false;
    cover(); // before the rows: nothing may show the choice once it is asked about
    fillRows();
    refresh();
    m_area->verticalScrollBar()->setValue(0);
    m_rows.front()->takeFocus();
}

void QuizView::cover() {
    m_navigator->setHover(std::nullopt);
    m_navigator->setStep(m_question->step - 1);
    m_model->drawCurtain(m_question->step);
}

// Stays at the step that is shown, also where it was the last before the curtain.
void QuizView::uncover() {
    if (!m_model->curtain())
        return;
    m_navigator->setFollowing(false);
    m_model->liftCurtain();
}

void QuizView::leave() {
    letGo();
    m_ask->setFocus();
}

void QuizView::letGo() {
    uncover();
    m_question.reset();
    m_shown = false;
    fillRows();
    refresh();
}

void QuizView::guess(int index, bool stays) {
    if (!isOpen() || index >= static_cast<int>(m_question->items.size()))
        return;
    m_question->items[static_cast<std::size_t>(index)].guess = stays;
    row(index)->setGuess(stays);
    refresh();
}

void QuizView::showTruth() {
    if (!isOpen() || m_question->marked() < static_cast<int>(m_question->items.size()))
        return;
    m_shown = true;
    m_tally.add(*m_question);
    uncover();
    m_navigator->setStep(m_question->step);
    refresh();
    (m_ask->isVisible() ? m_ask : m_others)->setFocus(); // before the buttons beside the words go
    fillRows();
    m_area->verticalScrollBar()->setValue(0);
}

void QuizView::addRow() {
    auto* row = new QuizRow(m_list);
    const int index = static_cast<int>(m_rows.size());
    m_rows.push_back(row);
    m_column->insertWidget(index, row);
    for (QWidget* part : {static_cast<QWidget*>(row), static_cast<QWidget*>(row->staysButton()),
                          static_cast<QWidget*>(row->goesButton())})
        part->installEventFilter(this);
    connect(row, &QuizRow::guessed, this, [this, index](bool stays) { guess(index, stays); });
    connect(row, &QuizRow::pointedAt, this, [this, row](bool inside) {
        m_navigator->setHover(inside ? std::optional(row->item().token) : std::nullopt);
    });
    connect(row, &QuizRow::chosen, this, [this, row](bool add) {
        m_navigator->lock(row->item().token, add);
        m_navigator->reveal(row->item().token);
    });
}

void QuizView::fillRows() {
    const std::size_t count = m_question ? m_question->items.size() : 0;
    while (m_rows.size() < count)
        addRow();
    const std::vector<QString> said = m_shown ? quizDetails(*m_model, *m_question) : std::vector<QString>();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i]->setVisible(i < count);
        if (i >= count)
            continue;
        if (m_shown)
            m_rows[i]->reveal(m_question->items[i], said[i]);
        else
            m_rows[i]->ask(m_question->items[i], tr("word %1 of %2").arg(i + 1).arg(count));
    }
    setFonts();
}

void QuizView::scheduleRefresh() {
    if (m_scheduled)
        return;
    m_scheduled = true;
    QTimer::singleShot(0, this, [this] {
        m_scheduled = false;
        refresh();
    });
}

void QuizView::refresh() {
    m_stale = isOutOfSight(*this);
    if (m_stale)
        return;
    if (m_question &&
        (m_model->run() != m_askedRun || m_question->step >= std::ssize(m_model->whole().steps())))
        return; // another run has come: resetForRun() is on its way
    const int at = m_navigator->step();
    const bool here = m_question && at == m_question->step;
    m_next = nextQuizStep(*m_model, here ? at + 1 : at);
    const bool open = isOpen();
    const QString why = m_question ? QString() : whyNoQuiz(*m_model);
    m_sentence->setText(!why.isEmpty() ? why
                        : m_question   ? quizSentence(*m_model, *m_question)
                                       : quizInvitation());
    m_about->setText(why.isEmpty() ? quizAbout(*m_model) : QString());
    m_about->setVisible(!m_about->text().isEmpty());
    m_note->setText(open ? quizNote(*m_question, at) : QString());
    m_note->setVisible(open);
    m_area->setVisible(m_question.has_value());
    m_all->setStretch(m_all->count() - 1, m_question ? 0 : 1); // alone, the sentence stands above
    m_count->setVisible(why.isEmpty());
    m_ask->setVisible(!open && m_next);
    if (m_next)
        m_ask->setText(tr("Ask about step %1").arg(grouped(*m_next)));
    m_show->setVisible(open);
    m_leave->setVisible(open);
    if (open) {
        const int left = static_cast<int>(m_question->items.size()) - m_question->marked();
        m_show->setEnabled(left == 0);
        m_show->setToolTip(left == 0 ? tr("Show what stayed and what went (Return)")
                                     : tr("Mark every word first: %1 to go").arg(left));
    }
    m_others->setVisible(m_shown);
    if (m_shown) {
        const bool more = quizPool(*m_model, m_question->step, askedAt(m_question->step)).canAsk();
        m_others->setEnabled(more);
        m_others->setToolTip(more ? tr("Draws other words of step %1").arg(grouped(m_question->step))
                                  : tr("All words of this step that can be asked about were"));
    }
    refreshResult();
    fitButtons();
}

void QuizView::refreshResult() {
    m_result->setVisible(m_question.has_value());
    m_result->setText(!m_question ? QString()
                      : m_shown   ? quizResult(*m_question)
                                  : quizProgress(*m_question));
    m_tallyLabel->setVisible(m_tally.asked > 0);
    m_tallyLabel->setText(quizTally(m_tally));
    m_reset->setVisible(m_tally.asked > 0);
    setAccessibleDescription(
        QStringList{m_about->text(), m_sentence->text(), m_note->text(), m_result->text(), tallyText()}
            .join(QLatin1Char(' '))
            .simplified());
}

QString QuizView::sentence() const {
    return m_sentence->text();
}

QString QuizView::about() const {
    return m_about->text();
}

QString QuizView::note() const {
    return m_note->text();
}

QString QuizView::result() const {
    return m_shown ? m_result->text() : QString();
}

QString QuizView::tallyText() const {
    return m_tally.asked > 0 ? m_tallyLabel->text() : QString();
}

bool QuizView::handleKey(int key, int index) {
    const int last = m_question ? static_cast<int>(m_question->items.size()) - 1 : -1;
    const auto walkTo = [&](int wanted) {
        const int other = std::clamp(wanted, 0, last);
        m_area->ensureWidgetVisible(row(other), 0, grid);
        row(other)->takeFocus();
        return true;
    };
    switch (key) {
    case Qt::Key_S:
    case Qt::Key_G:
        if (!isOpen())
            return false;
        guess(index, key == Qt::Key_S);
        return walkTo(index + 1);
    case Qt::Key_Up:
        return walkTo(index - 1);
    case Qt::Key_Down:
        return walkTo(index + 1);
    case Qt::Key_Home:
        return walkTo(0);
    case Qt::Key_End:
        return walkTo(last);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!isOpen())
            return false;
        showTruth();
        return true;
    default:
        return false;
    }
}

bool QuizView::eventFilter(QObject* object, QEvent* event) {
    const bool press = event->type() == QEvent::KeyPress;
    if (!press && event->type() != QEvent::ShortcutOverride)
        return QWidget::eventFilter(object, event);
    auto* pressed = static_cast<QKeyEvent*>(event);
    if (auto* button = qobject_cast<QPushButton*>(object); button && button->parent() == this) {
        // Return presses a button that has the focus, as Space does, also where the window wants the key.
        const bool enter = pressed->key() == Qt::Key_Return || pressed->key() == Qt::Key_Enter;
        if (!enter && pressed->key() != Qt::Key_Space)
            return QWidget::eventFilter(object, event);
        if (press && enter)
            button->click();
        event->accept();
        return !press || enter;
    }
    const auto found = std::ranges::find_if(
        m_rows, [&](const QuizRow* row) { return object == row || object->parent() == row; });
    if (found == m_rows.end() || pressed->modifiers().testAnyFlags(Qt::ControlModifier | Qt::AltModifier))
        return QWidget::eventFilter(object, event);
    if (press)
        return handleKey(pressed->key(), static_cast<int>(found - m_rows.begin()));
    const bool marks =
        pressed->key() == Qt::Key_S || pressed->key() == Qt::Key_G || pressed->key() == Qt::Key_Space;
    if (!marks)
        return claimWalkingKeys(event);
    event->accept();
    return true;
}

void QuizView::resizeEvent(QResizeEvent*) {
    setFonts();
}

// Behind another panel the question stays open and covered. Where the quiz is closed nobody could leave it
// any more: it is let go of, and the curtain with it.
void QuizView::hideEvent(QHideEvent*) {
    if (isOpen() && parentWidget() && parentWidget()->isHidden())
        letGo();
}

void QuizView::showEvent(QShowEvent*) {
    if (m_stale)
        refresh();
}

void QuizView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange)
        setFonts();
    QWidget::changeEvent(event);
}

} // namespace kvprism::views
