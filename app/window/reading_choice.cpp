// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/reading_choice.h"

#include "engine/select/method.h"
#include "engine/text/chat_template.h"
#include "views/controls.h"
#include "views/style.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>

namespace kvprism::app {

namespace {

enum Way { forThis = 0, forAny = 1 };

} // namespace

bool readingCanBeChosen(const select::Config& config) {
    for (const select::Part& part : select::partsOf(config))
        if (part.method->scoringIsFree)
            return true;
    return false;
}

ReadingChoice::ReadingChoice(QWidget* parent)
    : QObject(parent), m_way(new QComboBox(parent)), m_standing(new QWidget(parent)),
      m_looksFor(new QLineEdit(m_standing)) {
    m_way->addItem(tr("Read for this question"));
    m_way->addItem(tr("Read for any question"));
    m_way->setItemData(forThis, tr("The best memory for it; another question reads the document again"),
                       Qt::ToolTipRole);
    m_way->setItemData(forAny, tr("Reads once; every question is then answered at once from the same memory"),
                       Qt::ToolTipRole);
    m_way->setPlaceholderText(tr("From the saved memory"));
    m_way->setAccessibleName(tr("What the document is read for"));
    m_way->setObjectName(QStringLiteral("readingWay"));
    m_looksFor->setAccessibleName(tr("What the reader looks for"));
    m_looksFor->setObjectName(QStringLiteral("standingPrompt"));
    m_looksFor->setMaxLength(4096);
    m_looksFor->setToolTip(tr("The standing prompt that stands for the questions to come (Return)"));
    auto* row = new QHBoxLayout(m_standing);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(views::grid);
    row->addWidget(views::quietLabel(m_standing, tr("While reading it looks for")));
    row->addWidget(m_looksFor, 1);
    connect(m_way, &QComboBox::activated, this,
            [this](int way) { Q_EMIT scoringChosen(way == forAny ? "standing" : "question"); });
    connect(m_looksFor, &QLineEdit::editingFinished, this, [this] {
        const std::string prompt = m_looksFor->text().trimmed().toStdString();
        Q_EMIT standingPromptChosen(prompt == std::string(text::defaultStandingPrompt()) ? std::string()
                                                                                         : prompt);
    });
}

void ReadingChoice::show(const Result<select::Config>& config) {
    const bool free = config.ok() && readingCanBeChosen(*config);
    const auto prompt = config.ok() ? select::promptOf(*config) : select::Scoring::none;
    const bool any = prompt != select::Scoring::question && config.ok();
    m_way->setCurrentIndex(any ? forAny : forThis);
    m_way->setEnabled(free);
    const auto& shown = *m_way;
    m_way->setToolTip(!config.ok() ? QString::fromStdString(config.error().message)
                      : !free      ? tr("This method looks at no prompt: it reads once, for any question")
                                   : shown.itemData(any ? forAny : forThis, Qt::ToolTipRole).toString());
    const bool standing = prompt == select::Scoring::standing;
    m_standing->setVisible(standing);
    if (standing && !m_looksFor->hasFocus()) {
        const std::string& own = config->standingPrompt;
        m_looksFor->setText(
            QString::fromStdString(own.empty() ? std::string(text::defaultStandingPrompt()) : own));
        m_looksFor->setCursorPosition(0);
    }
}

void ReadingChoice::suspend(const QString& reason) {
    m_way->setCurrentIndex(-1);
    m_way->setEnabled(false);
    m_way->setToolTip(reason);
    m_standing->hide();
}

} // namespace kvprism::app
