// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/token_list.h"

#include "views/controls.h"
#include "views/following_font.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QEvent>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

TokenList::TokenList(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator),
      m_heading(flatButton(QString(), QString(), this)), m_column(new QVBoxLayout(this)),
      m_more(quietLabel(this)) {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    followFont(m_heading, FontKind::text, TextSize::normal, QFont::DemiBold);
    m_column->addWidget(m_heading, 0, Qt::AlignLeft);
    connect(m_heading, &QToolButton::clicked, this, [this] {
        const auto count = std::min<std::ptrdiff_t>(std::ssize(m_tokens), mostLocked);
        m_navigator->lockAll({m_tokens.begin(), m_tokens.begin() + count}, false);
    });
    m_more->setContentsMargins(grid, 0, 0, 0);
    m_column->addWidget(m_more);
    m_column->addStretch(1);
    setTokens({}, {});
}

void TokenList::setTokens(const QString& heading, std::vector<int> tokens) {
    m_tokens = std::move(tokens);
    setVisible(!m_tokens.empty());
    m_heading->setText(heading);
    const bool all = std::ssize(m_tokens) <= mostLocked;
    const QString does = all ? tr("Lock them all") : tr("Lock the first %1 of them").arg(grouped(mostLocked));
    m_heading->setToolTip(does);
    m_heading->setAccessibleName(tr("%1: %2").arg(heading, does));
    showWords();
}

void TokenList::setMostShown(int most) {
    if (most == m_mostShown)
        return;
    m_mostShown = most;
    showWords();
}

void TokenList::addWord() {
    const std::size_t i = m_words.size();
    QToolButton* word = flatButton(QString(), tr("Lock this token"), this);
    word->setFixedHeight(3 * grid);
    word->installEventFilter(this);
    m_column->insertWidget(1 + static_cast<int>(i), word, 0, Qt::AlignLeft);
    m_words.push_back(word);
    connect(word, &QToolButton::clicked, this, [this, i] { m_navigator->lock(m_tokens[i], false); });
}

void TokenList::showWords() {
    const auto shown = std::min(m_tokens.size(), static_cast<std::size_t>(m_mostShown));
    while (m_words.size() < shown)
        addWord();
    for (std::size_t i = 0; i < m_words.size(); ++i) {
        m_words[i]->setVisible(i < shown);
        if (i >= shown)
            continue;
        const QString label = m_model->text().label(m_tokens[i], 16);
        m_words[i]->setText(tr("%1  at %2").arg(label, grouped(m_tokens[i])));
        m_words[i]->setAccessibleName(tr("Lock %1").arg(m_words[i]->text()));
    }
    const auto more = std::ssize(m_tokens) - static_cast<std::ptrdiff_t>(shown);
    m_more->setVisible(more > 0);
    m_more->setText(tr("and %1 more").arg(grouped(more)));
}

bool TokenList::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave) {
        const auto found = std::ranges::find(m_words, object);
        const auto i = static_cast<std::size_t>(found - m_words.begin());
        if (i < m_tokens.size() && event->type() == QEvent::Enter)
            m_navigator->setHover(m_tokens[i]);
        else
            m_navigator->setHover(std::nullopt);
    }
    return QWidget::eventFilter(object, event);
}

} // namespace kvprism::views
