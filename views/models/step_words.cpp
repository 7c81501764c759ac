// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/step_words.h"

#include "engine/select/method.h"
#include "engine/select/options.h"
#include "views/models/choice_words.h"
#include "views/models/score_scale.h"
#include "views/models/step_facts.h"
#include "views/models/trace_model.h"
#include "views/painting.h"

#include <QCoreApplication>

#include <algorithm>
#include <optional>

namespace kvprism::views {

using trace::Tier;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("StepWords", text);
}

QString tokens(int count) {
    return count == 1 ? tr("1 token") : tr("%1 tokens").arg(grouped(count));
}

// Words of a tier between two characters that no text of ours has, until all sentences are joined.
constexpr char16_t markBegin = 0xe000; // and the tier
constexpr char16_t markEnd = 0xe00f;

QString marked(Tier tier, const QString& words) {
    return QChar(static_cast<char16_t>(markBegin + static_cast<int>(tier))) + words + QChar(markEnd);
}

void takeMarks(StepWords& words) {
    QString plain;
    for (const QChar unit : std::as_const(words.text)) {
        const char16_t code = unit.unicode();
        if (code >= markBegin && code < markEnd)
            words.marks.push_back({static_cast<int>(plain.size()), 0, static_cast<Tier>(code - markBegin)});
        else if (code == markEnd)
            words.marks.back().length = static_cast<int>(plain.size()) - words.marks.back().begin;
        else
            plain += unit;
    }
    words.text = plain;
}

// Writes the sentences of one step.
class Writer {
  public:
    Writer(const TraceModel& model, const trace::CompressionStep& step)
        : m_model(model), m_run(*model.run()), m_step(step), m_facts(stepFacts(m_run, step)),
          m_config(configOf(m_run)) {}

    StepWords words() {
        StepWords words;
        words.heading =
            tr("Step %1 of 0–%2").arg(grouped(m_step.index), grouped(m_model.expectedSteps() - 1));
        m_sentences << readSentence();
        if (m_facts.keepsAll) {
            m_sentences << everythingStays();
        } else {
            m_sentences << memorySentence() << choiceSentence();
            if (m_facts.filled() > 0 && m_facts.chosen() < m_facts.candidates)
                m_sentences << tr("%1 of these are simply the newest, as too few met the rule.")
                                   .arg(grouped(m_facts.filled()));
        }
        if (m_facts.evicted > 0)
            m_sentences << evictedSentence();
        words.text = m_sentences.join(QLatin1Char(' '));
        takeMarks(words);
        words.text += answerSentence(); // may hold any characters
        words.terms = terms();
        return words;
    }

  private:
    static std::optional<select::Config> configOf(const trace::Run& run) {
        const auto config = select::configOfRun(run);
        return config ? std::optional(*config) : std::nullopt;
    }
    bool accumulates() const { return m_config && m_config->mode == select::Mode::accumulate; }

    QString readSentence() const {
        const int first = m_step.begin.value, last = m_step.end.value - 1;
        return first == last ? tr("Token %1 is read.").arg(grouped(first))
                             : tr("Tokens %1\u2013%2 are read.").arg(grouped(first), grouped(last));
    }

    QString everythingStays() const {
        const QString stay =
            m_facts.evicted > 0
                ? tr("%1 of the %2 held stay").arg(grouped(m_facts.kept), grouped(m_facts.held))
                : tr("all %1 stay").arg(tokens(m_facts.kept));
        const auto parts = m_config ? select::partsOf(*m_config) : std::vector<select::Part>();
        if (std::ranges::any_of(parts, [](const select::Part& part) { return part.method->keepsAll; }))
            return tr("The dense model keeps whatever it reads, and nothing is scored: %1.").arg(stay);
        return tr("The whole stream of %1 fits in the memory of %2, so nothing is scored: %3.")
            .arg(tokens(m_run.streamTokens()), grouped(m_run.budget), stay);
    }

    QString memorySentence() const {
        const QString held = grouped(m_facts.held), gone = grouped(m_facts.dropped);
        if (accumulates()) {
            const bool perBlock = m_config->budgetScope == select::BudgetScope::perBlock;
            const QString rule =
                perBlock
                    ? tr("Every block may add up to %1 to the memory, which grows")
                          .arg(tokens(m_run.budget - m_run.anchors - m_run.window))
                    : tr("The memory fills up evenly, to %1 at the end of the run").arg(tokens(m_run.budget));
            if (m_facts.dropped == 0)
                return tr("%1; %2 are held and all stay.").arg(rule, held);
            return tr("%1; %2 were held, %3 go and %4 stay.").arg(rule, held, gone, grouped(m_facts.kept));
        }
        const QString rule = tr("The memory may hold %1").arg(tokens(m_run.budget));
        if (m_facts.dropped == 0)
            return tr("%1; %2 are held, so all of them stay.").arg(rule, held);
        if (m_facts.evicted == 0 && m_facts.dropped == m_facts.held - m_run.budget)
            return tr("%1; %2 were held, so %3 had to go.").arg(rule, held, gone);
        return tr("%1; %2 were held, %3 go and %4 stay.").arg(rule, held, gone, grouped(m_facts.kept));
    }

    QString protectedWords() const {
        const QString a = grouped(m_facts.anchors), w = grouped(m_facts.window);
        const QString anchors = marked(Tier::anchor, m_facts.anchors == 1 ? tr("anchor") : tr("anchors"));
        const QString window = marked(Tier::window, tr("window"));
        const QString first =
            !m_facts.wholeAnchors  ? tr("%1 at the beginning are always kept (%2)").arg(a, anchors)
            : m_facts.anchors == 1 ? tr("The first is always kept (%1)").arg(anchors)
                                   : tr("The first %1 are always kept (%2)").arg(a, anchors);
        const QString last = !m_facts.wholeWindow  ? tr("%1 of the last read (%2)").arg(w, window)
                             : m_facts.window == 1 ? tr("the last one read (%1)").arg(window)
                                                   : tr("the last %1 read (%2)").arg(w, window);
        if (m_facts.window == 0)
            return first;
        if (m_facts.anchors == 0)
            return tr("Always kept are %1").arg(last);
        return m_facts.window == 1 ? tr("%1, so is %2").arg(first, last)
                                   : tr("%1, so are %2").arg(first, last);
    }

    QString choiceSentence() const {
        QStringList clauses;
        if (m_facts.anchors + m_facts.window > 0)
            clauses << protectedWords();
        if (m_facts.older > 0)
            clauses << tr("%1 chosen earlier stay as they were (%2)")
                           .arg(grouped(m_facts.older), marked(Tier::global, tr("global memory")));
        if (m_facts.pinned > 0)
            clauses << tr("%1 pinned by hand %2 (%3)")
                           .arg(grouped(m_facts.pinned), m_facts.pinned == 1 ? tr("stays") : tr("stay"),
                                marked(Tier::global, tr("global memory")));
        clauses << choiceClause();
        return clauses.join(tr("; ")) + QLatin1Char('.');
    }

    // Which tokens were chosen from.
    QString others() const {
        const QString count = grouped(m_facts.candidates);
        if (accumulates())
            return tr("the %1 that left the window in this step").arg(count);
        return m_facts.pinned > 0 ? tr("the %1 others between").arg(count) : tr("the %1 between").arg(count);
    }

    QString choiceClause() const {
        if (m_facts.candidates == 0)
            return tr("there are no others to choose from");
        if (m_facts.chosen() == m_facts.candidates)
            return accumulates() ? tr("%1 all stay (%2)").arg(others(), globalWords())
                                 : tr("%1 find room and stay (%2)").arg(others(), globalWords());
        if (m_facts.chosen() == 0 && m_step.quota == 0)
            return tr("of %1 none stays, as no place is free").arg(others());
        QStringList choices;
        for (std::size_t part = 0; part < m_facts.shares.size(); ++part)
            choices << choiceWords(m_run, m_config, part, m_facts.shares[part].chosen);
        const QString chosen = choices.size() < 2
                                   ? choices.join(QString())
                                   : tr("%1 first, then %2 from what was left").arg(choices[0], choices[1]);
        return tr("of %1, %2 (%3)").arg(others(), chosen, globalWords());
    }

    QString globalWords() const {
        return m_facts.older + m_facts.pinned > 0 ? marked(Tier::global, tr("global memory as well"))
                                                  : marked(Tier::global, tr("global memory"));
    }

    QString evictedSentence() const {
        return m_facts.evicted == 1 ? tr("1 token of this block was taken out by hand (evicted).")
                                    : tr("%1 tokens of this block were taken out by hand (evicted).")
                                          .arg(grouped(m_facts.evicted));
    }

    QString answerSentence() const {
        const auto& answers = m_model.store().answers();
        const bool last = m_step.index + 1 == m_model.expectedSteps();
        if (!last || answers.empty())
            return {};
        constexpr qsizetype most = 240; // characters; the whole answer stands in the conversation
        const trace::Answer& answer = *answers.back();
        QString text = QString::fromStdString(answer.text).simplified();
        if (text.size() > most)
            text = text.left(text.lastIndexOf(QLatin1Char(' '), most)).left(most) + QChar(0x2026);
        const QString from = answer.keptTokens == m_facts.kept
                                 ? tr("From these %1").arg(tokens(answer.keptTokens))
                                 : tr("From %1 in its memory").arg(tokens(answer.keptTokens));
        if (text.isEmpty())
            return m_run.withoutText ? tr(" %1 it answered; the words were not recorded.").arg(from)
                                     : tr(" %1 it answered without words.").arg(from);
        return tr(" %1 it answered: \u201c%2\u201d").arg(from, text);
    }

    std::vector<StepWords::Term> terms() const {
        std::vector<StepWords::Term> terms;
        if (m_facts.anchors > 0)
            terms.push_back({tr("Anchors"), tr("the first tokens of the stream; they need not compete.")});
        if (m_facts.window > 0)
            terms.push_back({tr("Window"), tr("the tokens read last; they compete once newer ones come.")});
        if (m_facts.older + m_facts.pinned + m_facts.chosen() > 0 && !m_facts.keepsAll)
            terms.push_back({tr("Global memory"), tr("tokens that were chosen from all over the text.")});
        if (m_facts.candidates > 0)
            terms.push_back({tr("Candidates"),
                             accumulates() ? tr("tokens that this step could keep or drop: those that left "
                                                "the window.")
                                           : tr("tokens that this step could keep or drop: those between "
                                                "anchors and window.")});
        if (m_facts.pinned > 0)
            terms.push_back({tr("Pinned"), tr("marked by hand to stay, whatever they are worth.")});
        if (m_facts.evicted > 0)
            terms.push_back({tr("Evicted"), tr("marked by hand to go once they are read.")});
        for (const trace::Cut& cut : m_step.cuts)
            if (const QString value = cutWords(m_config, cut); !value.isEmpty())
                terms.push_back({tr("Cut-off"), value});
        if (m_facts.candidates > 0 && m_run.selectors.size() == 1 && m_run.selectors.front() == "recency")
            terms.push_back(
                {tr("Cut-off"),
                 tr("by age, not by score: keeps the newest %1 candidates.").arg(grouped(m_facts.chosen()))});
        return terms;
    }

    const TraceModel& m_model;
    const trace::Run& m_run;
    const trace::CompressionStep& m_step;
    StepFacts m_facts;
    std::optional<select::Config> m_config;
    QStringList m_sentences;
};

} // namespace

QString StepWords::plain() const {
    return heading.isEmpty() ? text : tr("%1: %2").arg(heading, text);
}

StepWords stepWords(const TraceModel& model, int step) {
    if (step >= 0 && step < model.stepCount())
        return Writer(model, *model.store().steps()[static_cast<std::size_t>(step)]).words();
    StepWords words;
    words.text = !model.run()          ? tr("Open a recording or ask a question: what happens at each step "
                                                     "will be told here in plain words.")
                 : model.store().end() ? tr("This run ended before its first step.")
                                       : tr("The first block is being read.");
    return words;
}

} // namespace kvprism::views
