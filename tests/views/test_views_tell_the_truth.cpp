// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/geometry.h"
#include "engine/trace/recording_reader.h"
#include "engine/trace/recording_writer.h"
#include "tests/support/fail_on_warning.h"
#include "tests/views/views_truth.h"
#include "views/models/batch_sink.h"
#include "views/style.h"

#include <QApplication>
#include <QTest>

namespace kvprism::views {

namespace {

constexpr int rounds = 48;

} // namespace

select::Settings ViewsTellTheTruth::randomSettings(int tokens) {
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

// Settings that cannot be are drawn again: some methods have no such mode, some budgets no place for pins.
select::Settings ViewsTellTheTruth::possibleSettings(int tokens) {
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

void ViewsTellTheTruth::record(const test::PlannedRun& planned, bool withoutText) {
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

void ViewsTellTheTruth::open(const std::string& path, TraceModel& model) {
    const auto reader = trace::RecordingReader::open(path);
    QVERIFY2(reader.ok(), reader ? "" : reader.error().message.c_str());
    BatchSink sink;
    const Status replayed = (*reader)->replay(sink);
    QVERIFY2(replayed.ok(), replayed ? "" : replayed.error().message.c_str());
    model.append(sink.batch);
}

void ViewsTellTheTruth::makeCase(int round) {
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

void ViewsTellTheTruth::theyDo_data() {
    QTest::addColumn<int>("round");
    for (int round = 0; round < rounds; ++round)
        QTest::addRow("seed %d", round) << round;
}

void ViewsTellTheTruth::theyDo() {
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

} // namespace kvprism::views

QTEST_MAIN(kvprism::views::ViewsTellTheTruth)
