// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/lsh_view.h"

#include "engine/select/method.h"
#include "engine/select/options.h"
#include "views/collision_histogram.h"
#include "views/controls.h"
#include "views/following_font.h"
#include "views/lsh_bits.h"
#include "views/lsh_ranks.h"
#include "views/lsh_tables.h"
#include "views/mark_legend.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/score_words.h"
#include "views/style.h"
#include "views/tier_palette.h"

#include <QLabel>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

LshView::LshView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_summary(quietLabel(this)),
      m_scroll(new QScrollArea(this)), m_content(new QWidget), m_tables(new LshTables(navigator, m_content)),
      m_aggregation(quietLabel(m_content)), m_histogram(new CollisionHistogram(navigator, m_content)),
      m_token(quietLabel(m_content)), m_sharing(quietLabel(m_content)), m_bits(new LshBits(m_content)),
      m_ranks(new LshRanks(model, navigator, m_content)), m_rule(thinRule(this)),
      m_legend(new MarkLegend(this)), m_note(quietLabel(this)), m_emptyPage(new QWidget(this)),
      m_why(quietLabel(m_emptyPage)),
      m_goThere(flatButton(QString(), tr("Go to the first step that hashed"), m_emptyPage)) {
    setAccessibleName(tr("LSH view"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setFocusProxy(m_tables);
    setWhatsThis(tr("<p>Random hashes sort keys into buckets: a candidate collides in a table where a query "
                    "token fell into "
                    "the same bucket.</p><p>A click on a bucket or on a bar locks its tokens, Shift+click "
                    "adds them; with the "
                    "keyboard, arrows choose one and Return locks it.</p>"));
    makeLabels();
    layOut();
    connect(m_tables, &LshTables::tokensWanted, this, [this](int table, const BucketUse& use, bool add) {
        lockTokens(m_hashed.tokensIn(table, use), m_tables->words(table, use).front(), add);
    });
    connect(m_histogram, &CollisionHistogram::tokensWanted, this, [this](int collisions, bool add) {
        lockTokens(m_hashed.tokensWith(collisions), m_histogram->words(collisions).front(), add);
    });
    connect(m_ranks, &LshRanks::drawn, this, &LshView::updateAggregation, Qt::QueuedConnection);
    connect(m_goThere, &QToolButton::clicked, this, [this] {
        if (const auto step = firstHashedStep())
            m_navigator->setStep(*step);
    });
    connect(m_model, &TraceModel::runChanged, this, &LshView::updateStep);
    connect(m_model, &TraceModel::stepsAppended, this, &LshView::scheduleUpdate);
    connect(m_model, &TraceModel::curtainDrawn, this, &LshView::scheduleUpdate);
    connect(m_navigator, &Navigator::stepChanged, this, &LshView::updateStep);
    connect(m_navigator, &Navigator::hoverChanged, this, &LshView::updateToken);
    connect(m_navigator, &Navigator::lockChanged, this, [this] {
        m_note->clear(); // said what is locked no more
        updateToken();
    });
    updateStep();
}

void LshView::makeLabels() {
    for (QLabel* label : {m_summary, m_aggregation, m_token, m_sharing, m_note, m_why}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    m_token->setAccessibleName(tr("The token that is looked at"));
    m_note->setAccessibleName(tr("What was locked"));
    m_why->setAlignment(Qt::AlignCenter);
    m_token->setContentsMargins(grid, 0, grid, 0);
    m_token->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_aggregation->setContentsMargins(grid, 0, grid, 0);
    m_sharing->setContentsMargins(grid, 0, grid, 0);
    m_legend->setContentsMargins(grid, grid / 2, grid, 0);
    m_summary->setContentsMargins(grid, grid, grid, grid / 2);
    m_note->setContentsMargins(grid, 0, grid, grid / 2);
}

QVBoxLayout* LshView::section(const QString& title, QWidget* picture, QLabel* below) {
    auto* column = new QVBoxLayout;
    column->setSpacing(grid / 2);
    auto* heading = new QLabel(title, m_content);
    followFont(heading, FontKind::text, TextSize::small, QFont::DemiBold);
    heading->setContentsMargins(grid, 0, grid, 0);
    column->addWidget(heading);
    column->addWidget(picture, 1);
    if (below)
        column->addWidget(below);
    return column;
}

void LshView::layOut() {
    m_columns = new QBoxLayout(QBoxLayout::TopToBottom, m_content);
    m_columns->setContentsMargins(0, grid / 2, 0, grid);
    m_columns->setSpacing(2 * grid);
    auto* left = new QVBoxLayout;
    left->setSpacing(2 * grid);
    left->addLayout(section(tr("Buckets of every table"), m_tables, m_aggregation), 1);
    auto* token = section(tr("A token's bits"), m_bits, nullptr);
    token->insertWidget(1, m_token);
    left->addLayout(token);
    auto* right = new QVBoxLayout;
    right->setSpacing(2 * grid);
    right->addLayout(section(tr("Tables in which a candidate collides"), m_histogram, nullptr), 1);
    right->addLayout(section(tr("MagicPIG's u by frequency rank"), m_ranks, m_sharing), 1);
    m_columns->addLayout(left, 1);
    m_columns->addLayout(right, 1);
    m_content->setAutoFillBackground(true);
    m_content->setBackgroundRole(QPalette::Base);
    m_scroll->setWidget(m_content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);

    auto* empty = new QVBoxLayout(m_emptyPage);
    empty->setContentsMargins(3 * grid, 2 * grid, 3 * grid, 2 * grid);
    empty->addStretch(1);
    empty->addWidget(m_why);
    empty->addWidget(m_goThere, 0, Qt::AlignCenter);
    empty->addStretch(1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_summary);
    all->addWidget(m_scroll, 1);
    all->addWidget(m_rule);
    all->addWidget(m_legend);
    all->addWidget(m_note);
    all->addWidget(m_emptyPage, 1);
}

void LshView::resizeEvent(QResizeEvent*) {
    const bool wide = width() >= 90 * grid;
    m_columns->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    // As many lines as the longest words need, always, so that pointing moves nothing.
    m_token->setFixedHeight((wide ? 4 : 6) * m_token->fontMetrics().lineSpacing());
    QTimer::singleShot(0, this, &LshView::updateAggregation); // when the picture has its width
}

void LshView::scheduleUpdate() {
    if (m_scheduled)
        return;
    m_scheduled = true;
    QTimer::singleShot(0, this, [this] {
        m_scheduled = false;
        updateStep();
    });
}

std::optional<int> LshView::firstHashedStep() const {
    const auto& steps = m_model->store().steps();
    const auto found = std::ranges::find_if(steps, [](const auto& step) { return !step->held.lsh.empty(); });
    if (found == steps.end())
        return std::nullopt;
    return static_cast<int>(found - steps.begin());
}

QString LshView::whyNotHashed(const trace::CompressionStep& step) const {
    QStringList hashing;
    for (const select::MethodSpec& method : select::methodTable())
        if (method.scorer == select::ScorerKind::lsh)
            hashing << QString::fromUtf8(method.title.data(), static_cast<qsizetype>(method.title.size()));
    const auto config = select::configOfRun(*m_model->run());
    const auto parts = config ? select::partsOf(*config) : std::vector<select::Part>();
    const bool hashes = std::ranges::any_of(
        parts, [](const auto& part) { return part.method->scorer == select::ScorerKind::lsh; });
    if (hashes || firstHashedStep())
        return whyNotScored(*m_model->run(), step);
    return tr("This run hashed nothing. %1 does, alone or as a part of a hybrid; beside other methods it is "
              "recorded "
              "with full detail.")
        .arg(hashing.join(tr(" or ")));
}

void LshView::showEvent(QShowEvent*) {
    if (m_stale)
        updateStep();
}

void LshView::updateStep() {
    m_stale = isOutOfSight(*this);
    if (m_stale)
        return;
    const int step = m_navigator->step();
    m_tables->setStep(nullptr, 0);
    m_histogram->setStep(nullptr, 0);
    m_ranks->setStep(nullptr);
    m_hashed = {};
    m_note->clear();
    if (!m_model->run() || step < 0 || step >= m_model->stepCount()) {
        showEmpty(m_model->run()
                      ? tr("The run has not read its first block yet.")
                      : tr("What hashing finds at a step will stand here: tables, buckets, collisions."));
        return;
    }
    const auto& record = m_model->store().steps()[static_cast<std::size_t>(step)];
    m_hashed = LshStep(*m_model->run(), record);
    if (m_hashed.empty()) {
        showEmpty(whyNotHashed(*record));
        return;
    }
    const std::size_t selectors = m_model->run()->selectors.size();
    m_tables->setStep(&m_hashed, selectors);
    m_histogram->setStep(&m_hashed, selectors);
    m_ranks->setStep(&m_hashed);
    QStringList names;
    for (const std::string& selector : m_model->run()->selectors)
        names << QString::fromStdString(selector);
    m_legend->setSelectors(names);
    QStringList parts{tr("Step %1").arg(grouped(step)),
                      tr("%1 candidates").arg(grouped(static_cast<qint64>(m_hashed.candidates().size()))),
                      tr("%1 tables of %2 bits").arg(grouped(m_hashed.tables()), grouped(m_hashed.bits()))};
    if (m_hashed.queries() > 0)
        parts << tr("%1 query tokens").arg(grouped(m_hashed.queries()));
    m_summary->setText(parts.join(QStringLiteral(" · ")));
    setAccessibleDescription(m_summary->text());
    m_tables->setVisible(m_hashed.hasSignatures());
    m_bits->setShape(m_hashed.hasSignatures() && m_hashed.queries() > 0 ? m_hashed.tables() : 0,
                     m_hashed.bits());
    for (QWidget* part : std::initializer_list<QWidget*>{m_summary, m_scroll, m_rule, m_legend})
        part->show();
    m_emptyPage->hide();
    updateAggregation();
    updateToken();
}

void LshView::showEmpty(const QString& why) {
    for (QWidget* part : std::initializer_list<QWidget*>{m_summary, m_scroll, m_rule, m_legend, m_note})
        part->hide();
    m_why->setText(why);
    const auto hashed = firstHashedStep();
    m_goThere->setVisible(hashed.has_value());
    if (hashed)
        m_goThere->setText(tr("Go to step %1, the first that hashed").arg(grouped(*hashed)));
    m_emptyPage->show();
    setAccessibleDescription(why);
}

void LshView::updateAggregation() {
    if (m_hashed.empty())
        return;
    m_aggregation->setText(
        m_hashed.hasSignatures()
            ? m_tables->aggregation()
            : tr("This recording leaves signatures out, as they would tell of the text: buckets "
                 "and bits are unknown, collisions and ranks are here."));
    m_sharing->setText(m_ranks->legendSentence());
}

void LshView::updateToken() {
    m_stale = m_stale || isOutOfSight(*this);
    if (m_stale || m_hashed.empty())
        return;
    // Without one the best shows what there is to see.
    const auto pointed = m_navigator->effectiveToken();
    const int best = m_hashed.byFrequency().empty() ? 0 : static_cast<int>(m_hashed.byFrequency().front());
    const int token = pointed.value_or(m_hashed.candidates()[static_cast<std::size_t>(best)].token);
    m_bits->setComparison(m_hashed.compare(token));
    m_note->setVisible(!m_note->text().isEmpty());
    const auto index = m_hashed.find(token);
    if (!index) {
        const auto tier = m_model->survival().tier(m_navigator->step(), token);
        m_token->setText(
            tier
                ? tr("%1 was no candidate at this step: %2").arg(tokenName(*m_model, token), tierTitle(*tier))
                : tr("%1 was not read yet at this step").arg(tokenName(*m_model, token)));
        return;
    }
    QStringList lines{tokenName(*m_model, token)};
    if (!pointed)
        lines.front() += tr(" (the best; point at another)");
    if (const auto& bits = m_bits->comparison())
        lines << tr("%1 of %2 bits are those of query token %3; a disc marks tables that collide")
                     .arg(grouped(bits->equalBits), grouped(m_hashed.tables() * m_hashed.bits()),
                          grouped(bits->query + 1));
    lines << hashedLines(m_hashed, m_hashed.candidates()[*index]);
    m_token->setText(lines.join(QLatin1Char('\n')));
}

void LshView::lockTokens(const std::vector<int>& tokens, const QString& what, bool add) {
    if (tokens.empty())
        return;
    const auto count = static_cast<qint64>(tokens.size());
    const bool tooMany = count > mostLocked;
    m_navigator->lockAll(tooMany ? std::vector<int>(tokens.begin(), tokens.begin() + mostLocked) : tokens,
                         add);
    m_navigator->reveal(tokens.front());
    m_note->setText(tooMany ? tr("%1: %3 tokens, of which the first %2 by frequency rank are locked.")
                                  .arg(what, grouped(mostLocked), grouped(count))
                            : tr("%1: tokens locked: %2.").arg(what, grouped(count)));
    m_note->show();
}

QString LshView::summary() const {
    return m_hashed.empty() ? m_why->text() : m_summary->text();
}

QString LshView::details() const {
    return m_hashed.empty() ? QString() : m_token->text();
}

QString LshView::note() const {
    return m_note->text();
}

} // namespace kvprism::views
