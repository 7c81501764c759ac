// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings in which every value is possible, but not all of them together.
#include "engine/trace/recording_reader.h"
#include "engine/trace/recording_writer.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <filesystem>
#include <functional>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

using ChangeStep = std::function<void(CompressionStep&)>;

// The first row of a tier.
std::size_t rowOf(const CompressionStep& step, Tier tier) {
    const auto& tiers = step.held.tiers;
    return static_cast<std::size_t>(std::find(tiers.begin(), tiers.end(), tier) - tiers.begin());
}

void setTier(CompressionStep& step, std::size_t row, Tier tier, Reason reason) {
    step.held.tiers[row] = tier;
    step.held.reasons[row] = reason;
}

// Another token in the place of one that was held, with the order kept.
void moveAToken(CompressionStep& step) {
    auto& positions = step.held.positions;
    std::size_t row = rowOf(step, Tier::global);
    while (positions[row] + 1 == positions[row + 1])
        ++row;
    positions[row] = positions[row] + 1;
}

} // namespace

class TestRecordingCheck : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    TraceStore m_store;
    std::string file() const { return m_folder.filePath(QStringLiteral("run.kvtrace")).toStdString(); }

    // What the check says of the run with step 2 and the run's own record changed.
    std::string checked(
        const ChangeStep& changeStep, const std::function<void(Run&)>& changeRun = [](Run&) {}) {
        TraceStore changed;
        auto run = std::make_shared<Run>(*m_store.run());
        changeRun(*run);
        changed.runStarted(run);
        for (std::size_t i = 0; i < m_store.steps().size(); ++i) {
            auto step = std::make_shared<CompressionStep>(*m_store.steps()[i]);
            if (i == 2)
                changeStep(*step);
            changed.stepPlanned(step);
            changed.stepApplied(m_store.applied()[i]);
        }
        for (const auto& answer : m_store.answers())
            changed.answered(answer);
        changed.runEnded(*m_store.end());
        const Status written = test::writeRecording(changed, file());
        if (!written)
            return written.error().message;
        const Status status = checkRecording(file());
        return status ? "sound" : status.error().message;
    }

  private Q_SLOTS:
    void initTestCase() { test::produceSyntheticRun({}, m_store); }

    void passesWhatIsSound() {
        QCOMPARE(checked([](CompressionStep&) {}), std::string("sound"));
    }

    void namesStepAndFieldOfAContradiction() {
        const std::vector<std::pair<std::string, ChangeStep>> contradictions{
            {"block_begin is 1023, outside 1024 to 1024", [](auto& s) { s.begin = s.begin - 1; }},
            {"peak_slots is below", [](auto& s) { s.peakSlots = 3; }},
            {"the counts are not those", [](auto& s) { --s.counts.candidates; }},
            {"the counts are not those", [](auto& s) { ++s.counts.kept; }},
            {"the quota is 3", [](auto& s) { s.quota = 3; }},
            {"not those that the step before kept", moveAToken},
            {"'dropped' cannot have reason 'primary'",
             [](auto& s) { s.held.tiers[rowOf(s, Tier::global)] = Tier::dropped; }},
            {"'global' cannot have reason 'below_cut'",
             [](auto& s) { s.held.tiers[rowOf(s, Tier::dropped)] = Tier::global; }},
            {"called an anchor",
             [](auto& s) { setTier(s, rowOf(s, Tier::global), Tier::anchor, Reason::anchor); }},
            {"said to be in the window",
             [](auto& s) { setTier(s, rowOf(s, Tier::global), Tier::window, Reason::window); }},
            {"protected but was dropped",
             [](auto& s) { setTier(s, rowOf(s, Tier::anchor), Tier::dropped, Reason::belowCut); }},
            {"without being a candidate", [](auto& s) { s.held.candidates[rowOf(s, Tier::dropped)] = 0; }},
            {"protected but was a candidate", [](auto& s) { s.held.candidates[rowOf(s, Tier::window)] = 1; }},
            {"ranks before a token that was chosen",
             [](auto& s) { s.held.scores[1].values[rowOf(s, Tier::dropped)] = 1e9F; }},
            {"no number", [](auto& s) { s.held.scores[0].values[7] = std::nanf(""); }},
            {"a time is negative", [](auto& s) { s.ms.forward = -5; }},
            {"the cut is not", [](auto& s) { s.cuts[0].value *= 2; }},
        };
        for (const auto& [says, change] : contradictions) {
            const std::string found = checked(change);
            QVERIFY2(found.find(says) != std::string::npos, (says + " | " + found).c_str());
            QVERIFY2(found.find("step 2") != std::string::npos, found.c_str());
        }
    }

    void noticesContradictionsOfTheRun() {
        const auto nothing = [](CompressionStep&) {};
        QVERIFY(checked(nothing, [](Run& run) {
                    run.budget = 500;
                }).find("budget is 500, its configuration") != std::string::npos);
        QVERIFY(checked(nothing, [](Run& run) { run.config.clear(); }).find("no configuration") !=
                std::string::npos);
        QVERIFY(checked(nothing, [](Run& run) { --run.window; }).find("its window") != std::string::npos);
        QVERIFY(checked(nothing, [](Run& run) { ++run.anchors; }).find("its anchors") != std::string::npos);
        QVERIFY(checked(nothing, [](Run& run) { run.question = "Another?"; }).find("first question") !=
                std::string::npos);
        QVERIFY(checked(nothing, [](Run& run) { run.id = "x"; }).find("its id") != std::string::npos);
        QVERIFY(checked(nothing, [](Run& run) {
                    run.blockSize = 500;
                }).find("block-size is 500, its configuration") != std::string::npos);
        QVERIFY(checked(nothing, [](Run& run) { run.model.kvBytesPerToken = 1; }).find("bytes_kept") !=
                std::string::npos);
        QVERIFY(checked(nothing, [](Run& run) { run.model.vocabularySize = 9; }).find("vocabulary") !=
                std::string::npos);
    }

    void noticesBytesThatAreMissingOrTooMany() {
        QCOMPARE(checked([](CompressionStep&) {}), std::string("sound"));
        const auto size = std::filesystem::file_size(file());
        for (const auto other : {size - 1, size - 100, size + 1}) {
            std::filesystem::resize_file(file(), other);
            const Status status = checkRecording(file());
            QVERIFY(!status);
            QCOMPARE(status.error().code, ErrorCode::malformed);
        }
    }

    void noticesAnEndThatCameTooEarly() {
        auto writer = RecordingWriter::create(file());
        QVERIFY(writer.ok());
        test::play(m_store, **writer, 3, false);
        (*writer)->runEnded({Outcome::finished, "", 1, 2, 3});
        const Status status = checkRecording(file());
        QVERIFY(!status);
        QVERIFY(status.error().message.find("not every token was read") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestRecordingCheck)
#include "test_recording_check.moc"
