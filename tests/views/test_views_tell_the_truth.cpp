// SPDX-License-Identifier: GPL-3.0-or-later
// Random runs of every kind, recorded: what the views say of the file against what SQL says of it.
#include "engine/select/geometry.h"
#include "engine/tables/tables.h"
#include "engine/trace/recording_reader.h"
#include "engine/trace/recording_writer.h"
#include "tests/support/direct_query.h"
#include "tests/support/fail_on_warning.h"
#include "tests/support/planned_run.h"
#include "views/budget_view.h"
#include "views/models/batch_sink.h"
#include "views/models/lsh_step.h"
#include "views/models/navigator.h"
#include "views/models/needle_story.h"
#include "views/models/overlap_model.h"
#include "views/models/run_comparison.h"
#include "views/models/score_points.h"
#include "views/models/step_facts.h"
#include "views/models/step_ranks.h"
#include "views/models/survival_tiles.h"
#include "views/models/text_search.h"
#include "views/models/token_story.h"
#include "views/models/trace_model.h"
#include "views/needle_strip.h"
#include "views/style.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <set>

using namespace kvprism;
using namespace kvprism::views;
using test::DirectRun;
using test::DirectStep;
using trace::Tier;

namespace {

constexpr int rounds = 48;

// A random run as a file, as SQL sees it, and as the window holds it.
struct Case {
    unsigned seed = 0;
    select::Settings settings;
    std::string path;
    DirectRun direct;
    TraceModel model;
    Navigator navigator;

    const trace::CompressionStep& step(std::size_t index) const { return *model.store().steps()[index]; }
};

QString described(const Case& one) {
    QString text = QStringLiteral("seed %1:").arg(one.seed);
    for (const auto& [name, value] : one.settings)
        text += QStringLiteral(" %1=%2").arg(QString::fromStdString(name), QString::fromStdString(value));
    return text;
}

template <class T> QString shown(const T& value) {
    if constexpr (std::is_arithmetic_v<T>)
        return QString::number(value);
    else
        return QStringLiteral("…");
}

class TestViewsTellTheTruth : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Case> m_case;
    std::mt19937 m_random;
    QString m_different; // the first that was found; empty: none

    // Whether a view says what the file says; remembers the first that does not.
    template <class A, class B> void same(const char* view, const QString& what, const A& says, const B& is) {
        if (says == is || !m_different.isEmpty())
            return;
        m_different = QStringLiteral("%1 %2 says %3 of %4, the file %5")
                          .arg(described(*m_case), QLatin1String(view), shown(says), what, shown(is));
    }
    int below(int limit) { return static_cast<int>(m_random() % static_cast<unsigned>(std::max(limit, 1))); }
    bool maybe() { return below(2) == 0; }

    select::Settings randomSettings(int tokens) {
        static const char* const methods[] = {"peak", "exact", "lsh",     "hybrid", "snapkv",
                                              "h2o",  "knorm", "recency", "random", "none"};
        const std::string method = methods[m_case->seed % std::size(methods)];
        const int block = 40 + below(160);
        const int budget = block + 20 + below(240);
        select::Settings settings{{"method", method},
                                  {"block-size", std::to_string(block)},
                                  {"budget", std::to_string(budget)},
                                  {"protection-divisor", std::to_string(3 + below(5))},
                                  {"seed", std::to_string(m_case->seed)}};
        if (method == "hybrid" && maybe())
            settings["hybrid-primary"] = "peak";
        if (method == "lsh" || method == "hybrid") {
            static const char* const modes[] = {"frequency_rank", "magicpig_baseline", "magicpig_sampling"};
            settings["num-tables"] = std::to_string(1 + below(12));
            settings["num-bits"] = std::to_string(2 + below(9));
            if (maybe())
                settings["tie-break"] = "none";
            settings["lsh-mode"] = modes[below(3)];
        }
        if (method != "recency" && method != "random" && method != "none" && below(3) == 0)
            settings["mode"] = "accumulate";
        if (maybe())
            settings["record-detail"] = "full";
        if (below(3) == 0)
            settings["pin"] = std::to_string(tokens / 2) + "-" + std::to_string(tokens / 2 + below(4));
        if (below(3) == 0)
            settings["evict"] = std::to_string(tokens / 3) + "-" + std::to_string(tokens / 3 + below(9));
        return settings;
    }

    // Settings that cannot be are drawn again: some methods have no such mode, some budgets no place for
    // pins.
    select::Settings possibleSettings(int tokens) {
        for (;;) {
            select::Settings settings = randomSettings(tokens);
            const auto config = select::configFrom(settings);
            const auto resolved = config ? select::resolve(*config, {8192}, tokens, 24, 12)
                                         : Result<select::Config>(config.error());
            if (!resolved)
                continue;
            const auto geometry = select::makeGeometry(*resolved, tokens, 24);
            if (geometry && select::checkMarks(*resolved, *geometry))
                return settings;
        }
    }

    void record(const test::PlannedRun& planned, bool withoutText) {
        auto writer = trace::RecordingWriter::create(m_case->path, {.withoutText = withoutText});
        QVERIFY2(writer.ok(), writer ? "" : writer.error().message.c_str());
        (*writer)->runStarted(planned.run);
        for (const auto& step : planned.steps) {
            (*writer)->stepPlanned(step);
            (*writer)->stepApplied({step->index, 0.5, 100 + static_cast<std::uint64_t>(below(100000))});
        }
        (*writer)->runEnded({});
        QVERIFY((*writer)->status().ok());
    }

    static void open(const std::string& path, TraceModel& model) {
        const auto reader = trace::RecordingReader::open(path);
        QVERIFY2(reader.ok(), reader ? "" : reader.error().message.c_str());
        BatchSink sink;
        const Status replayed = (*reader)->replay(sink);
        QVERIFY2(replayed.ok(), replayed ? "" : replayed.error().message.c_str());
        model.append(sink.batch);
    }

    void makeCase(int round) {
        m_case = std::make_unique<Case>();
        m_case->seed = static_cast<unsigned>(round);
        m_random.seed(m_case->seed + 1);
        m_different.clear();
        const int tokens = 200 + below(900);
        m_case->settings = possibleSettings(tokens);
        m_case->path = m_folder.filePath(QStringLiteral("%1.kvtrace").arg(round)).toStdString();
        record(test::plannedRun({.settings = m_case->settings, .streamTokens = tokens, .seed = m_case->seed}),
               below(4) == 0);
        m_case->direct = test::directQuery(m_case->path);
        bindExtent(&m_case->model, &m_case->navigator);
        open(m_case->path, m_case->model);
        QCOMPARE(m_case->model.stepCount(), static_cast<int>(m_case->direct.steps.size()));
    }

    // Each view, every step of the case.
    void checkMap(std::size_t index);
    void checkProfile();
    void checkCounts(std::size_t index);
    void checkScores(std::size_t index);
    void checkRanks(std::size_t index);
    void checkHashing(std::size_t index);
    void checkBuckets(const LshStep& says, const DirectStep& is);
    void checkOverlap();
    void checkSelector(const OverlapModel& overlap, int method, const DirectStep& is);
    void checkStories();
    void checkText();
    void checkNeedles();
    void checkTables();
    void checkComparison();

  private Q_SLOTS:
    void theyDo_data() {
        QTest::addColumn<int>("round");
        for (int round = 0; round < rounds; ++round)
            QTest::addRow("seed %d", round) << round;
    }
    void theyDo() {
        QFETCH(int, round);
        const test::WarningCatcher warnings;
        applyStyle(*qApp, Scheme::light);
        makeCase(round);
        if (QTest::currentTestFailed())
            return;
        for (std::size_t step = 0; step < m_case->direct.steps.size(); ++step) {
            m_case->navigator.setStep(static_cast<int>(step));
            checkMap(step);
            checkCounts(step);
            checkScores(step);
            checkRanks(step);
            checkHashing(step);
        }
        checkProfile();
        checkOverlap();
        checkStories();
        checkText();
        checkNeedles();
        checkTables();
        checkComparison();
        QVERIFY2(m_different.isEmpty(), qPrintable(m_different));
        QCOMPARE(warnings.seen(), QStringList());
        m_case.reset();
    }
};

// The rule of the map's cells, said again: the most frequent kept tier, the more protected where two are
// equal, and the share that is kept.
Cell cellOfFile(const DirectStep& step, int first, int end) {
    std::array<int, 5> counts{};
    int read = 0;
    for (int token = first; token < end; ++token)
        if (const auto tier = step.tierOf(token)) {
            ++counts[static_cast<std::size_t>(*tier)];
            ++read;
        }
    const int kept = read - counts[0];
    if (read == 0)
        return {};
    if (kept == 0)
        return {Cell::Kind::dropped, 0};
    std::size_t most = 1;
    for (std::size_t tier = 2; tier < counts.size(); ++tier)
        if (counts[tier] > counts[most])
            most = tier;
    const auto share = std::max(1L, std::lround(255.0 * kept / read));
    return {static_cast<Cell::Kind>(most), static_cast<std::uint8_t>(share)};
}

void TestViewsTellTheTruth::checkMap(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    TokenAxis axis;
    axis.setPixels(60 + below(300));
    axis.setTokens(m_case->direct.tokens);
    if (maybe())
        axis.zoomAround(below(axis.pixels()), 1 + below(200) / 10.0);
    SurvivalTiles tiles;
    tiles.setAxis(axis);
    const std::vector<Cell>& row = tiles.row(m_case->model.survival(), static_cast<int>(index));
    for (int pixel = 0; pixel < axis.pixels(); ++pixel) {
        const auto [first, end] = axis.tokensOf(pixel);
        same("survival map", QStringLiteral("step %1, column %2").arg(index).arg(pixel),
             row[static_cast<std::size_t>(pixel)], cellOfFile(is, first, end));
    }
    const int a = below(m_case->direct.tokens), b = a + below(m_case->direct.tokens - a) + 1;
    const TierCounts counts = m_case->model.survival().count(static_cast<int>(index), a, b);
    std::array<int, 5> direct{};
    int unread = 0;
    for (int token = a; token < b; ++token)
        if (const auto tier = is.tierOf(token))
            ++direct[static_cast<std::size_t>(*tier)];
        else
            ++unread;
    same("survival index", QStringLiteral("a stretch at step %1").arg(index), counts.byTier, direct);
    same("survival index", QStringLiteral("what is unread at step %1").arg(index), counts.unread, unread);
}

void TestViewsTellTheTruth::checkProfile() {
    const DirectRun& is = m_case->direct;
    const int a = below(is.tokens), b = a + below(is.tokens - a) + 1;
    int read = 0, held = 0;
    for (int token = a; token < b; ++token)
        for (const DirectStep& step : is.steps) {
            const auto tier = step.tierOf(token);
            read += tier.has_value();
            held += tier && *tier != Tier::dropped;
        }
    const auto says = m_case->model.survival().heldShare(a, b);
    same("survival map's profile", QStringLiteral("%1 to %2").arg(a).arg(b), says.value_or(-1),
         read == 0 ? -1.0 : static_cast<double>(held) / read);
}

// Timeline, side strip, memory meter, budget and step caption: all that counts a step's tokens.
void TestViewsTellTheTruth::checkCounts(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    const auto what = [&](const char* of) {
        return QStringLiteral("%1 at step %2").arg(QLatin1String(of)).arg(index);
    };
    const auto count = [&](auto holds) {
        int sum = 0;
        for (std::size_t row = 0; row < is.rows(); ++row)
            sum += holds(row) ? 1 : 0;
        return sum;
    };
    const auto inTier = [&](Tier tier) {
        return count([&](std::size_t row) { return is.tiers[row] == tier; });
    };
    const trace::StepCounts& counts = m_case->step(index).counts;
    same("timeline", what("kept"), counts.kept, is.kept());
    same("timeline", what("dropped"), counts.dropped, inTier(Tier::dropped));
    same("memory meter", what("bytes"),
         static_cast<std::int64_t>(m_case->model.store().applied()[index].bytesKept), is.bytesKept);

    const auto selectors = static_cast<int>(m_case->direct.selectors.size());
    const BudgetView view(&m_case->model, &m_case->navigator);
    const BudgetRow& row = view.rows()[index];
    same("budget", what("anchors"), row.anchors, inTier(Tier::anchor));
    same("budget", what("window"), row.window, inTier(Tier::window));
    same("budget", what("dropped"), row.dropped, inTier(Tier::dropped));
    same("budget", what("kept"), row.kept(), is.kept());
    for (int selector = 0; selector <= selectors; ++selector)
        same("budget", what("global of a selector"), row.global[static_cast<std::size_t>(selector)],
             count([&](std::size_t i) {
                 const bool own =
                     selector == selectors ? is.selectors[i] >= selectors : is.selectors[i] == selector;
                 return is.tiers[i] == Tier::global && own;
             }));

    const StepFacts facts = stepFacts(*m_case->model.run(), m_case->step(index));
    same("caption", what("held"), facts.held, static_cast<int>(is.rows()));
    same("caption", what("kept"), facts.kept, is.kept());
    same("caption", what("candidates"), facts.candidates, count([&](auto i) { return is.candidates[i]; }));
    same("caption", what("chosen"), facts.chosen(),
         count([&](auto i) { return is.candidates[i] && is.keeps(i); }));
    same("caption", what("evicted"), facts.evicted,
         count([&](auto i) { return is.reasons[i] == trace::Reason::evicted; }));
    same("caption", what("pinned"), facts.pinned, count([&](auto i) {
             return is.tiers[i] == Tier::global && is.reasons[i] == trace::Reason::pinned;
         }));
}

const std::vector<float>* columnOf(const DirectStep& step, const ScoreKind& kind, std::vector<float>& made) {
    switch (kind.source) {
    case ScoreKind::Source::collisions:
        made.assign(step.collisions.begin(), step.collisions.end());
        return &made;
    case ScoreKind::Source::distance:
        return &step.distances;
    case ScoreKind::Source::u:
        return &step.u;
    case ScoreKind::Source::column:
        break;
    }
    const auto found = step.scores.find(kind.name);
    return found == step.scores.end() ? nullptr : &found->second;
}

void TestViewsTellTheTruth::checkScores(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    const std::vector<ScoreKind> kinds = scoreKinds(*m_case->model.run(), m_case->step(index));
    const std::size_t recorded = is.scores.size() + (is.collisions.empty() ? 0 : 1) +
                                 (is.distances.empty() ? 0 : 1) + (is.u.empty() ? 0 : 1);
    same("scores", QStringLiteral("kinds at step %1").arg(index), kinds.size(), recorded);
    for (const ScoreKind& kind : kinds) {
        const auto what = [&](const char* of) {
            return QStringLiteral("%1 by %2 at step %3")
                .arg(QLatin1String(of), QString::fromStdString(kind.name))
                .arg(index);
        };
        std::vector<float> made;
        const std::vector<float>* values = columnOf(is, kind, made);
        same("scores", what("whether there is a column"), values != nullptr, true);
        if (!values)
            continue;
        const ScorePoints says(*m_case->model.run(), m_case->step(index), kind);
        std::size_t point = 0;
        int kept = 0, byIt = 0;
        float previous = 0;
        for (std::size_t row = 0; row < is.rows(); ++row) {
            if (!is.candidates[row])
                continue;
            const bool there = point < says.points().size();
            same("scores", what("a candidate"), there, true);
            if (!there)
                return;
            const ScorePoints::Point& one = says.points()[point++];
            same("scores", what("a token"), one.token, is.positions[row]);
            same("scores", what("a value"), one.value, (*values)[row]);
            same("scores", what("whether it is kept"), one.kept(), is.keeps(row));
            kept += is.keeps(row);
            byIt += is.keeps(row) && kind.selector && is.selectors[row] == *kind.selector;
        }
        same("scores", what("the candidates"), says.points().size(), point);
        same("scores", what("the kept"), says.kept(), kept);
        same("scores", what("the chosen by it"), says.chosen(), kind.selector ? byIt : 0);
        const auto cut = kind.selector ? is.cuts.find(*kind.selector) : is.cuts.end();
        same("scores", what("a cut"), says.cut().has_value(), cut != is.cuts.end() && !kind.drawn);
        if (says.cut() && cut != is.cuts.end())
            same("scores", what("the cut"), *says.cut(), cut->second);
        if (kind.source != ScoreKind::Source::column)
            continue;
        for (int rank = 1; rank <= says.ranked(); ++rank) {
            const float value = says.ranking(rank).value * (kind.smallestFirst ? -1.0F : 1.0F);
            same("scores", what("the order of values"), rank == 1 || value <= previous, true);
            previous = value;
        }
    }
}

// The column by which the file says a step ranked, and its candidates best first; empty where it ranked by
// none. Key norms are the ones of which less is better.
std::vector<int> tokensByColumn(const DirectStep& step, const std::vector<float>& values,
                                bool smallestFirst) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < step.rows(); ++row)
        if (step.candidates[row])
            rows.push_back(row);
    std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
        return smallestFirst ? values[a] < values[b] : values[a] > values[b];
    });
    std::vector<int> tokens;
    for (const std::size_t row : rows)
        tokens.push_back(step.positions[row]);
    return tokens;
}

void TestViewsTellTheTruth::checkRanks(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    const std::string& method =
        m_case->direct.selectors.empty() ? std::string() : m_case->direct.selectors[0];
    const auto pooled = is.scores.find("pooled"), own = is.scores.find(method);
    const auto column = pooled != is.scores.end() ? pooled : own;
    if (column == is.scores.end())
        return;
    const StepRanks says(*m_case->model.run(), m_case->step(index));
    const std::vector<int> order = tokensByColumn(is, column->second, method == "knorm");
    same("ranks", QStringLiteral("candidates of step %1").arg(index), says.candidates(),
         static_cast<int>(order.size()));
    for (std::size_t i = 0; i < order.size(); ++i)
        same("ranks", QStringLiteral("token %1 at step %2").arg(order[i]).arg(index),
             says.rankOf(*is.rowOf(order[i])).value_or(0), static_cast<int>(i) + 1);
}

void TestViewsTellTheTruth::checkHashing(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    const LshStep says(*m_case->model.run(), m_case->model.store().steps()[index]);
    const auto what = [&](const char* of) {
        return QStringLiteral("%1 at step %2").arg(QLatin1String(of)).arg(index);
    };
    std::vector<int> histogram(static_cast<std::size_t>(is.tables) + 1, 0);
    std::size_t candidates = 0;
    for (std::size_t row = 0; row < is.rows() && is.tables > 0; ++row) {
        if (!is.candidates[row])
            continue;
        ++histogram[static_cast<std::size_t>(is.collisions[row])];
        const auto found = says.find(is.positions[row]);
        same("hashing", what("a candidate"), found.has_value(), true);
        if (!found)
            return;
        const HashedToken& token = says.candidates()[*found];
        same("hashing", what("collisions"), token.collisions, is.collisions[row]);
        same("hashing", what("u"), token.u, is.u[row]);
        same("hashing", what("whether it has a distance"), token.distance.has_value(), !is.distances.empty());
        same("hashing", what("whether it stays"), token.outcome != 0, is.keeps(row));
        if (!is.signatures.empty()) { // collisions follow from the signatures
            int meets = 0;
            for (std::size_t table = 0; table < is.signatures.size(); ++table)
                meets += std::ranges::count(is.promptSignatures[table], is.signatures[table][row]) > 0;
            same("hashing", what("tables that meet"), token.collisions, meets);
        }
        ++candidates;
    }
    same("hashing", what("candidates"), says.candidates().size(), candidates);
    same("hashing", what("whether there is anything"), says.empty(), candidates == 0);
    if (says.empty())
        return;
    for (std::size_t meets = 0; meets < histogram.size(); ++meets)
        same("histogram", what("a bar"), says.histogram()[meets].all(), histogram[meets]);
    checkBuckets(says, is);
}

void TestViewsTellTheTruth::checkBuckets(const LshStep& says, const DirectStep& is) {
    same("buckets", QStringLiteral("signatures"), says.hasSignatures(), !is.signatures.empty());
    for (std::size_t table = 0; table < is.signatures.size(); ++table) {
        std::map<int, std::pair<int, int>> buckets; // candidates, kept
        std::map<int, int> queries;
        for (std::size_t row = 0; row < is.rows(); ++row)
            if (is.candidates[row]) {
                auto& [all, kept] = buckets[is.signatures[table][row]];
                ++all;
                kept += is.keeps(row);
            }
        for (const int signature : is.promptSignatures[table])
            ++queries[signature];
        std::set<int> used;
        for (const auto& [bucket, counts] : buckets)
            used.insert(bucket);
        for (const auto& [bucket, count] : queries)
            used.insert(bucket);
        const auto use = says.use(static_cast<int>(table), says.buckets());
        same("buckets", QStringLiteral("of table %1").arg(table), use.size(), used.size());
        for (const BucketUse& one : use) {
            const auto [all, kept] = buckets.contains(one.first) ? buckets[one.first] : std::pair(0, 0);
            same("buckets", QStringLiteral("tokens in one of table %1").arg(table), one.candidates.all(),
                 all);
            same("buckets", QStringLiteral("kept in one of table %1").arg(table), one.candidates.kept(),
                 kept);
            same("buckets", QStringLiteral("query tokens of table %1").arg(table), one.queries,
                 queries.contains(one.first) ? queries[one.first] : 0);
        }
    }
}

void TestViewsTellTheTruth::checkOverlap() {
    OverlapModel overlap(&m_case->model, &m_case->navigator, nullptr);
    for (std::size_t index = 0; index < m_case->direct.steps.size(); ++index) {
        const DirectStep& is = m_case->direct.steps[index];
        m_case->navigator.setStep(static_cast<int>(index));
        overlap.compareAll();
        const auto candidates = static_cast<int>(std::ranges::count(is.candidates, true));
        same("overlap", QStringLiteral("whether step %1 chooses").arg(index),
             overlap.chooses(static_cast<int>(index)), candidates > is.quota);
        if (candidates <= is.quota)
            continue;
        int inAll = overlap.tokensNobodyKeeps(), keptInAll = 0, kept = 0;
        for (std::size_t row = 0; row < is.rows(); ++row)
            kept += is.candidates[row] && is.keeps(row);
        for (const select::Combination& one : overlap.combinations()) {
            inAll += one.keepers != 0 ? one.tokens : 0;
            keptInAll += one.kept;
        }
        same("overlap", QStringLiteral("all candidates of step %1").arg(index), inAll, candidates);
        same("overlap", QStringLiteral("the kept of step %1").arg(index), keptInAll, kept);
        for (std::size_t method = 0; method < overlap.methods().size(); ++method)
            checkSelector(overlap, static_cast<int>(method), is);
    }
}

// What a method would keep, by the scores in the file, where the rule is to take the largest: those without a
// pool, and what the run itself pooled.
void TestViewsTellTheTruth::checkSelector(const OverlapModel& overlap, int method, const DirectStep& is) {
    const std::string name(overlap.methods()[static_cast<std::size_t>(method)].spec->name);
    const auto likeness = overlap.likeness(overlap.step(), method);
    if (!likeness)
        return;
    const std::vector<int> says = overlap.tokensOf(method);
    std::set<int> really;
    for (std::size_t row = 0; row < is.rows(); ++row)
        if (is.candidates[row] && is.keeps(row))
            really.insert(is.positions[row]);
    const int both = static_cast<int>(std::ranges::count_if(says, [&](int t) { return really.contains(t); }));
    const int either = static_cast<int>(says.size() + really.size()) - both;
    if (overlap.reference() < 0) {
        same("overlap", QStringLiteral("what both keep"), likeness->both, both);
        same("overlap", QStringLiteral("what either keeps"), likeness->either, either);
    }
    same("overlap", QStringLiteral("a set's size"), overlap.sizeOf(method).tokens,
         static_cast<int>(says.size()));
    same("overlap", QStringLiteral("a set's kept"), overlap.sizeOf(method).kept, both);

    std::vector<int> order;
    const bool isRun = m_case->direct.selectors.size() == 1 && m_case->direct.selectors[0] == name;
    const auto pooled = is.scores.find("pooled");
    const auto plain = is.scores.contains(name) ? is.scores.find(name) : is.scores.find("other:" + name);
    if (name == "recency")
        for (std::size_t row = is.rows(); row-- > 0;)
            if (is.candidates[row])
                order.push_back(is.positions[row]);
    if (isRun && pooled != is.scores.end())
        order = tokensByColumn(is, pooled->second, name == "knorm");
    else if ((name == "exact" || name == "knorm") && plain != is.scores.end() &&
             !(isRun || m_case->settings.contains("score-pool")))
        order = tokensByColumn(is, plain->second, name == "knorm");
    if (order.empty())
        return;
    order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(is.quota, 0))));
    std::ranges::sort(order);
    same(
        "overlap",
        QStringLiteral("what %1 would keep at step %2").arg(QString::fromStdString(name)).arg(overlap.step()),
        says, order);
}

void TestViewsTellTheTruth::checkStories() {
    const DirectRun& is = m_case->direct;
    for (int i = 0; i < 40; ++i) {
        const int token = below(is.tokens), at = below(static_cast<int>(is.steps.size()));
        const TokenStory says = tokenStory(m_case->model, token, at);
        const auto what = [&](const char* of) {
            return QStringLiteral("%1 of token %2 at step %3").arg(QLatin1String(of)).arg(token).arg(at);
        };
        const auto read = is.readAt(token), gone = is.droppedAt(token);
        const DirectStep& step = is.steps[static_cast<std::size_t>(at)];
        same("token", what("the reading"), says.readAt, read);
        same("token", what("the dropping"), says.droppedAt, gone);
        same("token", what("the tier"), says.tier, step.tierOf(token));
        if (!says.tier)
            continue;
        const auto told = static_cast<std::size_t>(gone ? std::min(at, *gone) : at);
        const auto row = is.steps[told].rowOf(token);
        same("token", what("whether it has a reason"), says.reason.has_value(), row.has_value());
        if (!row)
            continue;
        same("token", what("the reason"), *says.reason, is.steps[told].reasons[*row]);
        if (!says.score)
            continue;
        same("token", what("the score's step"), says.score->step, static_cast<int>(told));
        const auto column = is.steps[told].scores.find(says.score->column);
        same("token", what("the score's column"), column != is.steps[told].scores.end(), true);
        if (column != is.steps[told].scores.end())
            same("token", what("the score"), says.score->value, column->second[*row]);
        if (says.score->cut)
            same("token", what("the cut"), *says.score->cut, is.steps[told].cuts.begin()->second);
        for (const int other : says.tookItsPlace) {
            const auto place = is.steps[told].rowOf(other);
            same("token", what("what took its place"), place && is.steps[told].keeps(*place), true);
        }
    }
}

// Without what the stream's end left of a character that it cut in two.
QString wholeCharacters(QString text) {
    while (text.endsWith(QChar::ReplacementCharacter))
        text.chop(1);
    return text;
}

void TestViewsTellTheTruth::checkText() {
    const DirectRun& is = m_case->direct;
    for (std::size_t index = 0; index < is.steps.size(); ++index)
        for (int token = 0; token < is.tokens; ++token)
            same("text", QStringLiteral("the tint of token %1 at step %2").arg(token).arg(index),
                 m_case->model.survival().tier(static_cast<int>(index), token),
                 is.steps[index].tierOf(token));
    same("text", QStringLiteral("whether there is text"), m_case->model.text().empty(), is.withoutText);
    if (is.withoutText)
        return;
    std::string whole;
    for (const std::string& piece : is.pieces)
        whole += piece;
    same("text", QStringLiteral("all of it"), wholeCharacters(m_case->model.text().text()),
         wholeCharacters(QString::fromStdString(whole)));
    const int at = below(static_cast<int>(is.steps.size()));
    const std::vector<Hit> hits = findAll(m_case->model.text(), QStringLiteral("river"));
    HitSurvival direct;
    for (int token = 0; token < is.tokens; ++token) { // the word is a token with the space before it
        if (is.pieces[static_cast<std::size_t>(token)].find("iver") == std::string::npos)
            continue;
        const auto tier = is.steps[static_cast<std::size_t>(at)].tierOf(token);
        direct.read += tier.has_value();
        direct.heldTokens += tier && *tier != Tier::dropped;
    }
    const HitSurvival says = survivalOf(hits, m_case->model.survival(), at);
    same("search", QStringLiteral("read places"), says.read, direct.read);
    same("search", QStringLiteral("places held whole"), says.whole, direct.heldTokens);
    same("search", QStringLiteral("held tokens"), says.heldTokens, direct.heldTokens);
}

void TestViewsTellTheTruth::checkNeedles() {
    const DirectRun& is = m_case->direct;
    for (int i = 0; i < 5; ++i) {
        const int first = below(is.tokens);
        const Navigator::TokenRange range{first, std::min(first + below(20), is.tokens - 1)};
        const NeedleStory says = needleStory(m_case->model, range);
        const NeedleStrip strip(&m_case->model, nullptr, &m_case->navigator, range, nullptr);
        const auto heldAfter = [&](const DirectStep& step) {
            int held = 0;
            for (int token = range.first; token <= range.last; ++token) {
                const auto row = step.rowOf(token);
                held += row && step.keeps(*row);
            }
            return held;
        };
        same("needles", QStringLiteral("held at the end"), says.heldAtEnd, heldAfter(is.steps.back()));
        std::optional<int> damaged, lost;
        for (std::size_t index = 0; index < is.steps.size(); ++index) {
            const DirectStep& step = is.steps[index];
            const int held = heldAfter(step);
            const int read = std::clamp(step.end - range.first, 0, says.tokens());
            if (held < read && !damaged)
                damaged = static_cast<int>(index);
            if (read == says.tokens() && held == 0 && !lost)
                lost = static_cast<int>(index);
            const double share = strip.heldShare(static_cast<int>(index));
            same("needle strip", QStringLiteral("step %1").arg(index),
                 std::abs(std::max(share, 0.0) - static_cast<double>(held) / says.tokens()) < 1e-9, true);
        }
        same("needles", QStringLiteral("the damage"), says.damaged ? says.damaged->step : -1,
             damaged.value_or(-1));
        same("needles", QStringLiteral("the loss"), says.lost ? says.lost->step : -1, lost.value_or(-1));
    }
}

// Exports: row by row what the file says.
void TestViewsTellTheTruth::checkTables() {
    const tables::StoreSource source(m_case->model.store());
    const auto rowsOf = [&](const char* name) {
        const tables::Table* table = tables::findTable(name);
        std::vector<std::vector<tables::Cell>> rows;
        const auto columns = table->columns(source);
        const auto excerpt = tables::excerptOf(source, *table, {});
        if (columns && excerpt)
            if (!table->rows(*excerpt, *columns, [&](const auto& cells) { rows.push_back(cells); }))
                rows.clear();
        return rows;
    };
    const auto number = [](const tables::Cell& cell) {
        const auto* value = std::get_if<std::int64_t>(&cell);
        return value ? static_cast<int>(*value) : -1;
    };
    const auto map = rowsOf("map"), budget = rowsOf("budget"), scores = rowsOf("scores");
    std::size_t inMap = 0, inScores = 0;
    for (std::size_t index = 0; index < m_case->direct.steps.size(); ++index) {
        const DirectStep& is = m_case->direct.steps[index];
        same("export of budget", QStringLiteral("kept at step %1").arg(index),
             index < budget.size() ? number(budget[index][11]) : -1, is.kept());
        for (std::size_t row = 0; row < is.rows(); ++row) {
            const bool there = inMap < map.size();
            same("export of map", QStringLiteral("a row"), there, true);
            if (!there)
                return;
            same("export of map", QStringLiteral("a position"), number(map[inMap][1]), is.positions[row]);
            same("export of map", QStringLiteral("a tier"), std::get<std::string>(map[inMap][2]),
                 std::string(name(is.tiers[row])));
            ++inMap;
            if (!is.candidates[row] || inScores >= scores.size())
                continue;
            same("export of scores", QStringLiteral("a position"), number(scores[inScores][1]),
                 is.positions[row]);
            same("export of scores", QStringLiteral("what is kept"), std::get<bool>(scores[inScores][3]),
                 is.keeps(row));
            ++inScores;
        }
    }
    same("export of map", QStringLiteral("rows"), map.size(), inMap);
    std::size_t candidates = 0;
    for (const DirectStep& is : m_case->direct.steps)
        candidates += static_cast<std::size_t>(std::ranges::count(is.candidates, true));
    same("export of scores", QStringLiteral("rows"), scores.size(), candidates);
}

void TestViewsTellTheTruth::checkComparison() {
    // Another method over the same tokens and blocks.
    select::Settings other{{"method", "random"},
                           {"block-size", m_case->settings["block-size"]},
                           {"budget", m_case->settings["budget"]}};
    const std::string first = m_case->path;
    m_case->path += ".other";
    record(test::plannedRun({.settings = other, .streamTokens = m_case->direct.tokens, .seed = m_case->seed}),
           false);
    const DirectRun b = test::directQuery(m_case->path);
    TraceModel second;
    open(m_case->path, second);
    m_case->path = first;
    RunComparison comparison(&m_case->model);
    comparison.setOther(&second);
    same("comparison", QStringLiteral("whether it can be"), comparison.ready(), true);
    for (std::size_t index = 0; index < m_case->direct.steps.size() && index < b.steps.size(); ++index) {
        KeptCounts is;
        for (int token = 0; token < m_case->direct.tokens; ++token) {
            const auto inA = m_case->direct.steps[index].tierOf(token), inB = b.steps[index].tierOf(token);
            if (!inA || !inB)
                ++is.unread;
            else if (*inA == Tier::dropped)
                ++(*inB == Tier::dropped ? is.neither : is.onlyB);
            else
                ++(*inB == Tier::dropped ? is.onlyA : is.both);
        }
        same("comparison", QStringLiteral("step %1").arg(index), comparison.count(static_cast<int>(index)),
             is);
    }
}

} // namespace

QTEST_MAIN(TestViewsTellTheTruth)
#include "test_views_tell_the_truth.moc"
