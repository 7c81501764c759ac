// SPDX-License-Identifier: GPL-3.0-or-later
// What stands beside an answer: the kept tokens that it came from, and how a dense run would have answered.
#include "engine/evidence_finder.h"
#include "engine/score/masked_logits.h"
#include "engine/select/options.h"
#include "engine/session.h"
#include "engine/trace/store.h"
#include "tests/engine/some_text.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using namespace kvprism;
using namespace kvprism::tests;

namespace {

// Everything that a forward pass of `ids` over `memory` tokens attended to, by the textbook in f64: for each
// row the largest weight · ‖v‖ over layers and query heads, [rows][memory].
std::vector<std::vector<double>> weightsByTheTextbook(const model::Weights& weights, cache::KvStore& store,
                                                      const std::vector<std::int32_t>& ids, StreamPos first) {
    const auto memory = static_cast<std::size_t>(store.used());
    std::vector<std::vector<double>> best(ids.size(), std::vector<double>(memory, 0.0));
    const auto observer = [&](const model::LayerView& view) {
        const at::Tensor q = view.query.to(at::kDouble), k = view.keys.to(at::kDouble),
                         v = view.values.to(at::kDouble);
        for (std::int64_t head = 0; head < q.size(0); ++head)
            for (std::int64_t row = 0; row < q.size(1); ++row)
                for (std::int64_t member = 0; member < q.size(2); ++member) {
                    const auto visible = static_cast<std::int64_t>(memory) + row + 1;
                    const at::Tensor logits = at::mv(k[head].narrow(0, 0, visible), q[head][row][member]);
                    const at::Tensor weight = at::softmax(logits, 0);
                    for (std::size_t j = 0; j < memory; ++j) {
                        const auto slot = static_cast<std::int64_t>(j);
                        const double value =
                            weight[slot].item<double>() * v[head][slot].norm().item<double>();
                        auto& so = best[static_cast<std::size_t>(row)][j];
                        so = std::max(so, value);
                    }
                }
    };
    std::vector<StreamPos> positions;
    for (std::size_t i = 0; i < ids.size(); ++i)
        positions.push_back(first + static_cast<std::int32_t>(i));
    if (!model::forward(weights, store, ids, positions, observer, {}))
        qFatal("the forward pass failed");
    store.truncate(static_cast<std::int32_t>(memory));
    return best;
}

struct Memory {
    std::shared_ptr<const LoadedModel> model = tinyModel();
    cache::KvStore store{model->weights.config, at::kFloat, 200};
    std::vector<StreamPos> positions; // every third of the stream

    Memory() {
        const auto ids = someIds(40, 256, 3);
        for (std::int32_t i = 0; i < 40; ++i)
            positions.push_back(StreamPos(3 * i));
        if (!model::forward(model->weights, store, ids, positions, {}, {}))
            qFatal("the forward pass failed");
    }
};

AskResult ask(select::Settings settings, const std::string& text, trace::TraceStore* store = nullptr) {
    settings.emplace("max-new-tokens", "40");
    settings.emplace("layout", "detached");
    const auto config = select::configFrom(settings);
    if (!config)
        qFatal("%s", config.error().message.c_str());
    const c10::InferenceMode inference;
    text::Document document;
    document.name = "test";
    document.bytes = text.size();
    document.text = text;
    auto session = LaserSession::open(tinyModel(), *config, document);
    auto result = (*session)->ask("who?", store, nullptr, {});
    if (!result)
        qFatal("%s", result.error().message.c_str());
    return std::move(result).value();
}

} // namespace

class TestAnswerExplained : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    // Longer than one chunk of rows, so that what stands before a chunk counts as well.
    void findsTheHeaviestTokensByTheTextbook() {
        const c10::InferenceMode inference;
        Memory memory;
        const auto question = someIds(5, 256, 4), answer = someIds(70, 256, 5);
        const auto evidence = findEvidence(
            {memory.model->weights, memory.store, StreamPos(120), question, answer}, memory.positions, 6, {});
        QVERIFY(evidence.ok());
        QCOMPARE(memory.store.used(), 40);
        std::vector<std::int32_t> ids = question;
        ids.insert(ids.end(), answer.begin(), answer.end() - 1);
        const auto rows = weightsByTheTextbook(memory.model->weights, memory.store, ids, StreamPos(120));
        QCOMPARE(evidence->ends.size(), answer.size());
        for (std::size_t token = 0; token < answer.size(); ++token) {
            const std::vector<double>& expected = rows[question.size() - 1 + token];
            const auto positions = evidence->positionsOf(token);
            const auto weights = evidence->weightsOf(token);
            QCOMPARE(positions.size(), std::size_t{6});
            std::vector<double> sorted = expected;
            std::ranges::sort(sorted, std::greater());
            for (std::size_t link = 0; link < positions.size(); ++link) {
                const auto slot = static_cast<std::size_t>(positions[link].value / 3);
                QVERIFY(std::abs(weights[link] - expected[slot]) < 1e-5);
                QVERIFY(std::abs(weights[link] - sorted[link]) < 1e-5);
            }
        }
    }

    void namesEveryTokenOfASmallMemory() {
        const c10::InferenceMode inference;
        Memory memory;
        const auto question = someIds(1, 256, 4), answer = someIds(3, 256, 5);
        const auto evidence =
            findEvidence({memory.model->weights, memory.store, StreamPos(120), question, answer},
                         memory.positions, 64, {});
        QVERIFY(evidence.ok());
        for (std::size_t token = 0; token < 3; ++token) {
            const auto positions = evidence->positionsOf(token);
            QCOMPARE(std::set(positions.begin(), positions.end()).size(), std::size_t{40});
        }
    }

    void isRecordedWithTheAnswer() {
        trace::TraceStore store;
        const AskResult result = ask({{"budget", "64"}, {"block-size", "32"}}, someText(400, 8), &store);
        const trace::Answer& answer = *store.answers().front();
        QVERIFY(result.answer == answer);
        QCOMPARE(answer.evidence.ends.size(), answer.ids.size());
        QCOMPARE(answer.textEnds.size(), answer.ids.size());
        QCOMPARE(std::size_t{answer.textEnds.back()}, answer.text.size());
        QVERIFY(!answer.dense);
        for (const StreamPos position : answer.evidence.positions)
            QVERIFY(store.tierAt(static_cast<std::int32_t>(store.steps().size()) - 1, position) !=
                    trace::Tier::dropped);
    }

    void isLeftOutWhereItIsNotWanted() {
        const AskResult result =
            ask({{"budget", "64"}, {"block-size", "32"}, {"evidence", "0"}}, someText(400, 8));
        QVERIFY(result.answer.evidence.empty());
        QVERIFY(!result.answer.ids.empty());
    }

    // The dense answer is what a run without compression says, and the losses are those that a session with
    // the same memory finds for it.
    void measuresTheRunAgainstADenseOne() {
        const std::string text = someText(400, 8);
        const select::Settings small{{"budget", "64"}, {"block-size", "32"}};
        select::Settings compared = small;
        compared["dense-reference"] = "on";
        const AskResult result = ask(compared, text);
        QVERIFY(result.answer.dense.has_value());
        const trace::DenseReference& dense = *result.answer.dense;
        const AskResult alone = ask({{"method", "none"}, {"block-size", "32"}}, text);
        QVERIFY(dense.ids == alone.answer.ids);
        QCOMPARE(dense.text, alone.answer.text);
        QVERIFY(dense.textEnds == alone.answer.textEnds);
        QVERIFY(!dense.ids.empty());

        const c10::InferenceMode inference;
        const auto lossesUnder = [&](select::Settings settings) {
            settings.emplace("layout", "detached");
            text::Document document;
            document.text = text;
            auto session = LaserSession::open(tinyModel(), *select::configFrom(settings), document);
            return (*session)->answerLosses("who?", dense.ids, nullptr, {}).value();
        };
        const auto own = lossesUnder(small), all = lossesUnder({{"method", "none"}, {"block-size", "32"}});
        double divergence = 0;
        for (std::size_t i = 0; i < dense.size(); ++i) {
            QVERIFY(std::abs(dense.losses[i] - own[i]) < 1e-4F);
            QVERIFY(std::abs(dense.denseLosses[i] - all[i]) < 1e-4F);
            divergence += dense.divergences[i];
        }
        QVERIFY(divergence > 1e-3); // 64 of 400 tokens cannot say the same
        QVERIFY(result.answer.ids != dense.ids || divergence > 0);
    }

    void hasNoDenseReferenceWhereNothingIsDropped() {
        const AskResult result = ask({{"budget", "1000"}, {"dense-reference", "on"}}, someText(400, 8));
        QVERIFY(!result.answer.dense);
        QVERIFY(std::ranges::any_of(result.notices, [](const std::string& notice) {
            return notice.find("is dense itself") != std::string::npos;
        }));
    }

    void saysWhereADocumentIsTooLongToBeReadDensely() {
        const AskResult result =
            ask({{"budget", "64"}, {"block-size", "64"}, {"dense-reference", "on"}}, someText(9000, 8));
        QVERIFY(!result.answer.dense);
        QVERIFY(!result.answer.text.empty() || !result.answer.ids.empty());
        QVERIFY(std::ranges::any_of(result.notices, [](const std::string& notice) {
            return notice.find("the model was trained for 8192") != std::string::npos;
        }));
    }
};

QTEST_MAIN(TestAnswerExplained)
#include "test_answer_explained.moc"
