// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs on a tiny random model: the traps of the published code (LASER-KV page, section 2) among them.
#include "engine/select/options.h"
#include "engine/session.h"
#include "engine/trace/store.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

using namespace kvprism;
using namespace kvprism::tests;

namespace {

text::Document documentOf(std::string text) {
    text::Document document;
    document.name = "test";
    document.bytes = text.size();
    document.text = std::move(text);
    return document;
}

std::string someText(std::size_t bytes, std::uint32_t seed) {
    std::string text;
    for (const std::int32_t id : someIds(static_cast<std::int32_t>(bytes), 26, seed))
        text += static_cast<char>('a' + id);
    return text;
}

select::Config configOf(select::Settings settings) {
    settings.emplace("max-new-tokens", "4");
    settings.emplace("layout", "detached");
    const auto config = select::configFrom(settings);
    if (!config)
        qFatal("%s", config.error().message.c_str());
    return *config;
}

struct Outcome {
    AskResult result;
    trace::TraceStore store;
};

Outcome askOnce(const select::Config& config, const std::string& text, const std::string& question = "who?",
                EngineObserver* observer = nullptr, std::stop_token stop = {}) {
    static const auto model = tinyModel();
    const c10::InferenceMode inference;
    auto session = LaserSession::open(model, config, documentOf(text));
    if (!session)
        qFatal("%s", session.error().message.c_str());
    Outcome outcome;
    auto result = (*session)->ask(question, &outcome.store, observer, stop);
    if (!result)
        qFatal("%s", result.error().message.c_str());
    outcome.result = std::move(result).value();
    return outcome;
}

// Steps without what differs from run to run by nature.
std::vector<trace::CompressionStep> timeless(const trace::TraceStore& store) {
    std::vector<trace::CompressionStep> steps;
    for (const auto& step : store.steps()) {
        steps.push_back(*step);
        steps.back().ms = {};
    }
    return steps;
}

class StopAfter final : public EngineObserver {
  public:
    StopAfter(Phase phase, std::int64_t done) : m_phase(phase), m_done(done) {}
    void progress(const Progress& progress) override {
        if (progress.phase == m_phase && progress.done >= m_done)
            m_stop.request_stop();
    }
    void answerText(std::string_view utf8) override { text += utf8; }
    std::stop_token token() const { return m_stop.get_token(); }
    std::string text;

  private:
    Phase m_phase;
    std::int64_t m_done;
    std::stop_source m_stop;
};

} // namespace

class TestSession : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aModelWithoutNumbersIsAnErrorAndNoAnswer_data() {
        QTest::addColumn<bool>("inALayer");
        QTest::newRow("a layer") << true;
        QTest::newRow("the last norm") << false;
    }
    void aModelWithoutNumbersIsAnErrorAndNoAnswer() {
        QFETCH(bool, inALayer);
        auto model = std::make_shared<LoadedModel>();
        model->weights = tinyWeights({}, 7);
        (inALayer ? model->weights.layers[0].attentionNorm : model->weights.finalNorm).fill_(NAN);
        model->tokenizer = std::make_unique<ByteTokenizer>();
        model->chat = tinyModel()->chat;
        model->identity = tinyModel()->identity;
        const c10::InferenceMode inference;
        auto session = LaserSession::open(model, configOf({{"budget", "64"}}), documentOf(someText(100, 1)));
        trace::TraceStore store;
        const auto result = (*session)->ask("who?", &store, nullptr, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::malformed);
        QVERIFY(result.error().message.find("'tiny'") != std::string::npos);
        QVERIFY(store.end() && store.end()->outcome == trace::Outcome::failed);
        QCOMPARE(store.steps().empty(), inALayer);
    }
    void aQuestionLongerThanTheContextIsRefused() {
        const c10::InferenceMode inference;
        auto session = LaserSession::open(tinyModel(), configOf({}), documentOf("text"));
        const auto result = (*session)->ask(someText(9000, 1), nullptr, nullptr, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::usage);
        QVERIFY(result.error().message.starts_with("The question has 9"));
    }
    void holdsAtMostTheBudgetAfterEveryStepAndMeasuresTheBytes() {
        for (const char* mode : {"recursive", "accumulate"})
            for (const char* method : {"peak", "exact", "random"})
                for (const char* budget : {"16", "31", "64"})
                    for (const char* block : {"1", "7", "16", "50"}) {
                        const auto config = configOf(
                            {{"mode", mode}, {"method", method}, {"budget", budget}, {"block-size", block}});
                        const auto outcome = askOnce(config, someText(97, 3));
                        const auto& store = outcome.store;
                        QVERIFY(!store.steps().empty());
                        QCOMPARE(store.applied().size(), store.steps().size());
                        for (std::size_t i = 0; i < store.steps().size(); ++i) {
                            const auto kept = store.steps()[i]->counts.kept;
                            QVERIFY(kept <= config.budget);
                            QCOMPARE(store.applied()[i].bytesKept,
                                     static_cast<std::uint64_t>(kept) * outcome.result.bytes.perToken);
                        }
                        QCOMPARE(outcome.result.tokens.kept, store.steps().back()->counts.kept);
                        QVERIFY(outcome.result.bytes.peak >= outcome.result.bytes.kept);
                    }
    }
    void everyMethodReadsInEveryModeWithEitherBackendAndPosition() {
        const std::string text = someText(180, 5);
        for (const select::MethodSpec& method : select::methodTable())
            for (const char* mode : {"recursive", "accumulate"})
                for (const char* backend : {"eager", "flash"})
                    for (const char* positions : {"absolute", "reindexed"})
                        for (const char* scoring : {"question", "standing", "window", "block"}) {
                            if (!method.scoringIsFree && scoring != std::string_view("question"))
                                continue;
                            select::Settings settings{{"method", std::string(method.name)},
                                                      {"mode", mode},
                                                      {"budget", "40"},
                                                      {"block-size", "30"},
                                                      {"backend", backend},
                                                      {"positions", positions},
                                                      {"standing-prompt", "facts?"},
                                                      {"num-bits", "3"}};
                            if (method.scoringIsFree)
                                settings["scoring"] = scoring;
                            if (!select::configFrom(settings))
                                continue; // recency in accumulate, LSH with block rows
                            const auto outcome = askOnce(configOf(settings), text);
                            QCOMPARE(outcome.store.steps().size(), std::size_t{6});
                            const auto& last = *outcome.store.steps().back();
                            QCOMPARE(last.counts.kept, method.keepsAll ? 180 : 40);
                            const bool scored = select::stepNeedsScores(
                                {}, *select::makeGeometry(outcome.result.config, 180, 0),
                                outcome.result.config, 5);
                            QCOMPARE(!last.held.scores.empty() || !last.held.lsh.empty(), scored);
                            QCOMPARE(outcome.store.run()->selectors.size(),
                                     std::size_t{method.isHybrid ? 2U : 1U});
                        }
    }
    void questionAgnosticMemoryIsReadOnceAndAnswersMany() {
        const std::string text = someText(180, 5);
        static const auto model = tinyModel();
        const c10::InferenceMode inference;
        for (const char* scoring : {"standing", "window", "block"})
            for (const char* positions : {"absolute", "reindexed"}) {
                const auto config = configOf(
                    {{"scoring", scoring}, {"budget", "40"}, {"block-size", "30"}, {"positions", positions}});
                auto session = LaserSession::open(model, config, documentOf(text));
                QVERIFY(session && !(*session)->holdsMemory());
                trace::TraceStore store;
                const auto first = (*session)->ask("who?", &store, nullptr, {});
                QVERIFY(first && first->readNow && (*session)->holdsMemory());
                const std::string longer =
                    "and then, " + someText(70, 9) + "?"; // needs more room than there was
                const auto second = (*session)->ask(longer, &store, nullptr, {});
                QVERIFY(second && !second->readNow);
                QCOMPARE(store.steps().size(), std::size_t{6});
                QCOMPARE(store.answers().size(), std::size_t{2});
                const auto alone = askOnce(config, text, longer);
                QVERIFY(second->answer.ids == alone.result.answer.ids);
                const auto again = (*session)->ask("who?", nullptr, nullptr, {});
                QVERIFY(again && again->answer.ids == first->answer.ids);
            }
    }
    void aMemoryMadeForAQuestionIsMadeAnewForTheNextWhichSaysSo() {
        static const auto model = tinyModel();
        const c10::InferenceMode inference;
        auto session = LaserSession::open(model, configOf({{"budget", "40"}, {"block-size", "30"}}),
                                          documentOf(someText(180, 5)));
        trace::TraceStore store;
        const auto first = (*session)->ask("who?", &store, nullptr, {});
        QVERIFY(first && first->notices.empty() && !(*session)->holdsMemory());
        const auto second = (*session)->ask("where?", &store, nullptr, {});
        QVERIFY(second && second->readNow);
        QCOMPARE(second->notices.size(), std::size_t{1});
        QVERIFY(second->notices[0].find("read again") != std::string::npos);
    }
    void saysWhereMahalanobisHasTooFewTokensToMeasure() {
        const auto noticesOf = [](const char* window) {
            return askOnce(configOf({{"method", "lsh"},
                                     {"tie-break", "mahalanobis"},
                                     {"scoring", "window"},
                                     {"observation-window", window},
                                     {"budget", "40"},
                                     {"block-size", "30"}}),
                           someText(120, 5))
                .result.notices;
        };
        const auto one = noticesOf("1");
        QCOMPARE(one.size(), std::size_t{1});
        QVERIFY(one[0].find("mahalanobis needs two scoring tokens") != std::string::npos);
        QVERIFY(noticesOf("2").empty());
    }
    void reindexedPositionsAreThoseOfAShorterText() {
        // Where nothing was dropped, the place in the kept list is the place in the stream.
        const std::string text = someText(60, 4);
        const auto absolute = askOnce(configOf({{"budget", "64"}, {"block-size", "16"}}), text);
        const auto reindexed =
            askOnce(configOf({{"budget", "64"}, {"block-size", "16"}, {"positions", "reindexed"}}), text);
        QVERIFY(absolute.result.answer.ids == reindexed.result.answer.ids);
    }
    void positionsAreReindexedWhereTheTextIsLongerThanTheContext() {
        const auto outcome = askOnce(configOf({{"budget", "64"}, {"block-size", "2000"}}), someText(8400, 4));
        QCOMPARE(outcome.result.config.positions, select::Positions::reindexed);
        QCOMPARE(outcome.result.notices.size(), std::size_t{1});
        QVERIFY(outcome.result.notices[0].find("reindexed") != std::string::npos);
        const auto shorter = askOnce(configOf({{"budget", "64"}, {"block-size", "2000"}}), someText(8000, 4));
        QCOMPARE(shorter.result.config.positions, select::Positions::absolute);
        QVERIFY(shorter.result.notices.empty());
    }
    void keepsEverythingWhereItFitsWithTheSameBitsAsNone() {
        const std::string text = someText(60, 4);
        const auto fits = askOnce(configOf({{"budget", "64"}, {"block-size", "16"}}), text);
        const auto none = askOnce(configOf({{"method", "none"}, {"block-size", "16"}}), text);
        QCOMPARE(fits.result.tokens.kept, 60);
        QCOMPARE(none.result.tokens.kept, 60);
        QVERIFY(fits.result.answer.ids == none.result.answer.ids);
        for (const auto& step : fits.store.steps()) {
            QVERIFY(step->held.scores.empty());
            for (const auto reason : step->held.reasons)
                QCOMPARE(reason, trace::Reason::fits);
        }
    }
    void givesTheSameBitsTwiceAndForgetsTheDocumentBefore() {
        for (const char* backend : {"eager", "flash"})
            for (const char* scoring : {"question", "standing", "window", "block"}) {
                const auto config = configOf({{"budget", "32"},
                                              {"block-size", "16"},
                                              {"scoring", scoring},
                                              {"standing-prompt", "facts?"},
                                              {"backend", backend}});
                const auto first = askOnce(config, someText(100, 5));
                askOnce(config, someText(100, 6));
                const auto again = askOnce(config, someText(100, 5));
                QVERIFY(timeless(first.store) == timeless(again.store));
                QVERIFY(first.result.answer.ids == again.result.answer.ids);
            }
    }
    void anyNumberOfThreadsChoosesTheSame() {
        const std::string text = someText(700, 5);
        const int before = at::get_num_threads();
        for (const char* backend : {"eager", "flash"})
            for (const char* scoring : {"question", "block"})
                for (const char* method : {"peak", "exact"}) {
                    const auto config = configOf({{"method", method},
                                                  {"scoring", scoring},
                                                  {"budget", "128"},
                                                  {"block-size", "200"},
                                                  {"backend", backend}});
                    at::set_num_threads(1);
                    const auto one = askOnce(config, text);
                    for (const int threads : {2, 3}) {
                        at::set_num_threads(threads);
                        const auto several = askOnce(config, text);
                        QCOMPARE(several.store.steps().size(), one.store.steps().size());
                        for (std::size_t step = 0; step < one.store.steps().size(); ++step)
                            QVERIFY(several.store.steps()[step]->held.tiers ==
                                    one.store.steps()[step]->held.tiers);
                        QVERIFY(several.result.answer.ids == one.result.answer.ids);
                    }
                }
        at::set_num_threads(before);
    }
    void forgetsEarlierQuestionsOfTheSameSession() {
        const c10::InferenceMode inference;
        const auto model = tinyModel();
        const auto config = configOf({{"budget", "32"}, {"block-size", "16"}});
        auto session = LaserSession::open(model, config, documentOf(someText(100, 5)));
        trace::TraceStore first, second;
        QVERIFY((*session)->ask("one?", &first, nullptr, {}).ok());
        QVERIFY((*session)->ask("another question?", nullptr, nullptr, {}).ok());
        QVERIFY((*session)->ask("one?", &second, nullptr, {}).ok());
        QVERIFY(timeless(first) == timeless(second));
        QVERIFY(first.answers()[0]->ids == second.answers()[0]->ids);
    }
    void decidesAStepWithoutLookingAhead() {
        for (const char* mode : {"recursive", "accumulate"}) {
            const auto config = configOf({{"mode", mode}, {"budget", "32"}, {"block-size", "16"}});
            std::string changed = someText(100, 5);
            const auto before = timeless(askOnce(config, changed).store);
            for (std::size_t i = 48; i < changed.size(); ++i)
                changed[i] = 'z';
            const auto after = timeless(askOnce(config, changed).store);
            for (std::size_t step = 0; step < 3; ++step)
                QVERIFY(before[step] == after[step]);
            QVERIFY(!(before[3] == after[3]));
        }
    }
    void takesOneTokenBlocksLongQuestionsAndShortDocuments() {
        const std::string longQuestion = someText(80, 9);
        for (const std::size_t size : {1, 2, 3, 17, 33})
            for (const char* block : {"1", "8"}) {
                const auto outcome = askOnce(configOf({{"budget", "16"}, {"block-size", block}}),
                                             someText(size, 1), longQuestion);
                QCOMPARE(outcome.result.tokens.document, static_cast<std::int32_t>(size));
                QVERIFY(outcome.result.tokens.kept <= std::max<std::int32_t>(16, 1));
                QVERIFY(outcome.result.tokens.kept > 0);
            }
    }
    void answersAQuestionAboutNothing() {
        const auto outcome = askOnce(configOf({{"budget", "16"}, {"block-size", "8"}}), "");
        QCOMPARE(outcome.result.tokens.kept, 0);
        QVERIFY(outcome.store.steps().empty());
        QCOMPARE(outcome.store.answers().size(), std::size_t{1});
    }
    void protectsThePrefixOfTheTemplateAsAnchors() {
        auto config = configOf({{"budget", "64"}, {"block-size", "16"}, {"layout", "inline"}});
        config.instruction = "Twenty-five bytes, please";
        const auto outcome = askOnce(config, someText(100, 2));
        QCOMPARE(outcome.result.tokens.prefix, 25);
        QCOMPARE(outcome.store.run()->anchors, 25);
        QCOMPARE(outcome.store.run()->tokens.byteOffsets[24], std::int64_t{-1});
        QCOMPARE(outcome.store.run()->tokens.byteOffsets[25], std::int64_t{0});
        const auto& last = outcome.store.steps().back()->held;
        for (std::size_t row = 0; row < 25; ++row) {
            QCOMPARE(last.positions[row], StreamPos(static_cast<std::int32_t>(row)));
            QCOMPARE(last.tiers[row], trace::Tier::anchor);
        }
    }
    void stopsWhileReadingAndKeepsTheWholeSteps() {
        StopAfter stop(Phase::reading, 40);
        const auto outcome = askOnce(configOf({{"budget", "32"}, {"block-size", "16"}}), someText(200, 5),
                                     "who?", &stop, stop.token());
        QCOMPARE(outcome.result.answer.stopReason, trace::StopReason::interrupted);
        QVERIFY(outcome.store.steps().size() < 5);
        QCOMPARE(outcome.store.applied().size(), outcome.store.steps().size());
        QVERIFY(outcome.store.answers().empty());
        QCOMPARE(outcome.store.end()->outcome, trace::Outcome::stopped);
    }
    void stopsWhileAnsweringAndKeepsThePartialAnswer() {
        auto config = configOf({{"budget", "32"}, {"block-size", "16"}});
        config.maxNewTokens = 1000;
        StopAfter stop(Phase::answering, 3);
        const auto outcome = askOnce(config, someText(100, 5), "who?", &stop, stop.token());
        QCOMPARE(outcome.result.answer.stopReason, trace::StopReason::interrupted);
        QCOMPARE(outcome.result.answer.ids.size(), std::size_t{3});
        QCOMPARE(outcome.store.answers().at(0)->text, stop.text);
        QCOMPARE(outcome.store.end()->outcome, trace::Outcome::stopped);
    }
    void recordsWhatTheAnswerShows() {
        StopAfter never(Phase::answering, 1 << 30);
        const auto outcome =
            askOnce(configOf({{"budget", "32"}, {"block-size", "16"}}), someText(100, 5), "who?", &never);
        QCOMPARE(outcome.result.answer.text, never.text);
        QCOMPARE(outcome.store.answers().at(0)->text, never.text);
        QCOMPARE(outcome.store.answers().at(0)->question, std::string("who?"));
        QCOMPARE(outcome.store.end()->outcome, trace::Outcome::finished);
    }
    void refusesABudgetThatCannotHoldThePrefix() {
        const c10::InferenceMode inference;
        auto config = configOf({{"budget", "32"}, {"layout", "inline"}});
        config.instruction = std::string(40, 'x');
        auto session = LaserSession::open(tinyModel(), config, documentOf(someText(100, 1)));
        const auto result = (*session)->ask("who?", nullptr, nullptr, {});
        QVERIFY(!result.ok());
        QCOMPARE(result.error().code, ErrorCode::usage);
        QVERIFY(result.error().message.find("budget") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "test_session.moc"
