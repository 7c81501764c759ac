// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/shown_strategy.h"

#include "app/window/run_options.h"
#include "app/window/words.h"
#include "views/controls.h"
#include "views/style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace kvprism::app {

namespace {

std::string valueOf(const trace::Run& run, std::string_view name) {
    const auto found = std::find_if(run.config.begin(), run.config.end(),
                                    [&](const trace::Setting& setting) { return setting.name == name; });
    return found == run.config.end() ? std::string() : found->value;
}

QString wordsOf(const trace::Run& run) {
    const RunOptions options = optionsOf(run);
    QStringList parts{options.method, options.reading,
                      ShownStrategy::tr("budget %1").arg(countText(run.budget)),
                      ShownStrategy::tr("blocks of %1").arg(countText(run.blockSize)),
                      ShownStrategy::tr("seed %1").arg(QString::fromStdString(valueOf(run, "seed")))};
    parts += options.marks;
    for (const QString& other : options.others)
        if (!other.startsWith(QLatin1String("seed ")))
            parts += other;
    parts.removeAll(QString());
    return ShownStrategy::tr("Shown run: %1").arg(parts.join(QStringLiteral(", ")));
}

} // namespace

ShownStrategy::ShownStrategy(QWidget* parent)
    : QWidget(parent), m_text(views::quietLabel(this)),
      m_use(
          views::flatButton(tr("Use"), tr("Ask the next question with the options of the shown run"), this)) {
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setAccessibleName(tr("Options of the shown run"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(views::grid);
    row->addWidget(m_text, 1);
    row->addWidget(m_use, 0, Qt::AlignTop);
    connect(m_use, &QToolButton::clicked, this, [this] { Q_EMIT wanted(m_shown); });
    show(nullptr);
}

void ShownStrategy::show(const trace::Run* run) {
    setVisible(run != nullptr);
    m_shown.clear();
    if (run) {
        m_shown = settingsOfRun(*run);
        m_contextLength = run->model.contextLength;
        m_streamTokens = run->streamTokens();
        m_prefixTokens = run->prefixTokens;
        m_promptTokens = static_cast<std::int32_t>(run->promptIds.size());
        m_text->setText(wordsOf(*run));
    }
    refresh();
}

void ShownStrategy::compareWith(const select::Settings& next) {
    m_next = next;
    refresh();
}

QString ShownStrategy::text() const {
    return isHidden() ? QString() : m_text->text();
}

Result<select::Config> ShownStrategy::resolved(const select::Settings& settings) const {
    const auto config = select::configFrom(settings);
    if (!config)
        return config.error();
    return select::resolve(*config, {m_contextLength}, m_streamTokens, m_prefixTokens, m_promptTokens);
}

void ShownStrategy::refresh() {
    const auto shown = resolved(m_shown);
    const auto next = resolved(m_next);
    const bool same = shown && next && *shown == *next;
    m_same = same;
    m_use->setEnabled(shown && !same);
    m_use->setToolTip(
        same    ? tr("The next question uses the same options.")
        : shown ? tr("Ask the next question with the options of the shown run")
                : tr("This version cannot repeat it: %1").arg(QString::fromStdString(shown.error().message)));
}

} // namespace kvprism::app
