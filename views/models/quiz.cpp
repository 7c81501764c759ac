// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/quiz.h"

#include "engine/select/counter_random.h"
#include "views/models/trace_model.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdlib>

namespace kvprism::views {

using trace::CompressionStep;
using trace::Tier;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Quiz", text);
}

const CompressionStep* stepOf(const TraceModel& model, int step) {
    const bool there = step >= 0 && step < model.stepCount();
    return there ? model.store().steps()[static_cast<std::size_t>(step)].get() : nullptr;
}

int keptCandidates(const CompressionStep& step) {
    int kept = 0;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        kept += step.held.candidates[row] != 0 && step.held.tiers[row] != Tier::dropped;
    return kept;
}

bool isBlank(QChar unit) {
    return unit.isSpace() || unit.category() == QChar::Other_Control;
}

QString withSingleBlanks(const QString& text) {
    QString shown;
    for (const QChar unit : text) {
        if (!isBlank(unit))
            shown += unit;
        else if (!shown.endsWith(QLatin1Char(' ')))
            shown += QLatin1Char(' ');
    }
    return shown;
}

void fillWords(const TokenText& text, QuizItem& item) {
    const QString& all = text.text();
    int begin = text.begin(item.token), end = text.end(item.token);
    while (begin < end && isBlank(all[begin]))
        ++begin;
    while (end > begin && isBlank(all[end - 1]))
        --end;
    item.word = withSingleBlanks(all.mid(begin, end - begin));
    const int from = std::max(text.documentBegin(), begin - quizContext);
    item.before = withSingleBlanks(all.mid(from, begin - from));
    item.after = withSingleBlanks(all.mid(end, quizContext));
    // What the far ends cut through is left out.
    if (from > text.documentBegin())
        item.before.remove(0, item.before.indexOf(QLatin1Char(' ')) + 1);
    if (end + quizContext < all.size() && item.after.contains(QLatin1Char(' ')))
        item.after.truncate(item.after.lastIndexOf(QLatin1Char(' ')));
}

// Draws from one side, in an order that seed and step decide.
class Drawer {
  public:
    Drawer(std::uint64_t seed, int step) : m_seed(seed), m_step(static_cast<std::uint64_t>(step)) {}

    void draw(std::vector<int> tokens, int wanted, std::vector<int>& drawn) const {
        const auto key = [this](int token) { return bits(token); };
        std::ranges::sort(tokens, {}, key);
        std::vector<int> close;
        for (const int token : tokens) {
            if (wanted == 0)
                return;
            if (isClose(token, drawn)) {
                close.push_back(token);
                continue;
            }
            drawn.push_back(token);
            --wanted;
        }
        drawn.insert(drawn.end(), close.begin(),
                     close.begin() + std::min<std::ptrdiff_t>(wanted, std::ssize(close)));
    }

    bool coin() const { return (bits(-1) & 1) != 0; }

  private:
    static constexpr int apart = 12; // tokens: neighbours lend each other their scores
    static bool isClose(int token, const std::vector<int>& drawn) {
        return std::ranges::any_of(drawn, [&](int other) { return std::abs(other - token) < apart; });
    }
    std::uint64_t bits(int token) const {
        return select::randomBits(m_seed, m_step, static_cast<std::uint64_t>(token));
    }

    std::uint64_t m_seed;
    std::uint64_t m_step;
};

} // namespace

int QuizQuestion::staying() const {
    return static_cast<int>(std::ranges::count_if(items, &QuizItem::stays));
}

int QuizQuestion::marked() const {
    return static_cast<int>(
        std::ranges::count_if(items, [](const QuizItem& item) { return item.guess.has_value(); }));
}

int QuizQuestion::right() const {
    return static_cast<int>(std::ranges::count_if(items, &QuizItem::right));
}

double QuizQuestion::chance() const {
    if (items.empty())
        return 0;
    const double all = static_cast<double>(items.size()), stay = staying();
    return (stay * stay + (all - stay) * (all - stay)) / all;
}

void QuizTally::add(const QuizQuestion& question) {
    right += question.right();
    asked += static_cast<int>(question.items.size());
    chance += question.chance();
}

bool isQuizWord(const TokenText& text, int prefixTokens, int token) {
    if (text.empty() || token < prefixTokens || token >= text.tokens())
        return false;
    const QString& all = text.text();
    for (int at = text.begin(token); at < text.end(token); ++at)
        if (all[at].isLetterOrNumber())
            return true;
    return false;
}

QuizPool quizPool(const TraceModel& model, int step, const std::set<int>& asked) {
    QuizPool pool;
    const CompressionStep* record = stepOf(model, step);
    if (!record || !model.run() || model.text().empty())
        return pool;
    if (record->counts.candidates == 0 || record->counts.dropped == 0) // most steps of runs that fit
        return pool;
    const trace::HeldTokens& held = record->held;
    for (std::size_t row = 0; row < held.size(); ++row) {
        const int token = held.positions[row].value;
        if (held.candidates[row] == 0 || asked.contains(token) ||
            !isQuizWord(model.text(), model.run()->prefixTokens, token))
            continue;
        (held.tiers[row] == Tier::dropped ? pool.going : pool.staying).push_back(token);
    }
    return pool;
}

std::optional<int> nextQuizStep(const TraceModel& model, int from) {
    const int steps = model.stepCount();
    for (int i = 0; i < steps; ++i) {
        const int step = (std::max(from, 0) + i) % steps;
        if (step > 0 && quizPool(model, step).canAsk())
            return step;
    }
    return std::nullopt;
}

std::optional<QuizQuestion> drawQuiz(const TraceModel& model, int step, int count, std::uint64_t seed,
                                     const std::set<int>& asked) {
    const QuizPool pool = quizPool(model, step, asked);
    if (!pool.canAsk() || count < 2)
        return std::nullopt;
    const Drawer drawer(seed, step);
    const int half = count / 2 + (count % 2 != 0 && drawer.coin() ? 1 : 0);
    const int stay = std::min(half, static_cast<int>(pool.staying.size()));
    const int go = std::min(count - half, static_cast<int>(pool.going.size()));
    std::vector<int> tokens;
    drawer.draw(pool.staying, stay, tokens);
    drawer.draw(pool.going, go, tokens);
    std::ranges::sort(tokens);

    QuizQuestion question;
    question.step = step;
    question.candidates = stepOf(model, step)->counts.candidates;
    question.kept = keptCandidates(*stepOf(model, step));
    for (const int token : tokens) {
        QuizItem item;
        item.token = token;
        item.tier = *model.store().tierAt(step, StreamPos(token));
        fillWords(model.text(), item);
        question.items.push_back(std::move(item));
    }
    return question;
}

QString whyNoQuiz(const TraceModel& model) {
    if (!model.run())
        return tr("Open a recording or ask a question: then you can guess which words the memory keeps.");
    if (model.run()->withoutText || model.text().empty())
        return tr("The quiz needs words, and this recording was made without its text.");
    if (nextQuizStep(model, 0))
        return {};
    if (model.run()->streamTokens() <= model.run()->budget)
        return tr(
            "Everything fits in the memory of this run, so there was nothing to choose: a smaller budget "
            "makes a quiz.");
    if (!model.store().end() && model.stepCount() < model.expectedSteps())
        return tr(
            "No step has had to choose between words yet: the quiz begins with the first one that does.");
    if (quizPool(model, 0).canAsk())
        return tr(
            "Only the first block had to choose, and no picture shows what was before it: smaller blocks "
            "make a quiz.");
    return tr(
        "No step of this run had to choose between words of the document, so there is nothing to guess.");
}

} // namespace kvprism::views
