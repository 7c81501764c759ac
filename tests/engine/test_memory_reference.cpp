// SPDX-License-Identifier: GPL-3.0-or-later
// Whole sessions on the embedded model against transformers' attention weights: what is kept after each step,
// and what is answered from it (tests/data/model/make_memory_reference.py).
#include "engine/select/options.h"
#include "engine/session.h"
#include "engine/trace/store.h"
#include "tests/engine/tiny_model.h"
#include "tests/paths.h"

#include <QTest>

#include <fstream>
#include <nlohmann/json.hpp>

using namespace kvprism;

namespace {

std::vector<std::int32_t> keptAfter(const trace::CompressionStep& step) {
    std::vector<std::int32_t> kept;
    for (std::size_t i = 0; i < step.held.size(); ++i)
        if (step.held.tiers[i] != trace::Tier::dropped)
            kept.push_back(step.held.positions[i].value);
    return kept;
}

} // namespace

class TestMemoryReference : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        std::ifstream file(KVPRISM_TEST_DATA "/model/memory.json");
        m_fixture = nlohmann::json::parse(file);
        const c10::InferenceMode inference;
        auto model = loadModelFile({.path = KVPRISM_EMBEDDED_MODEL, .dtype = "f32"}, nullptr, {});
        QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
        m_model = std::move(model).value();
    }
    void keepsAndAnswersAsTransformersDoes_data() {
        QTest::addColumn<int>("run");
        for (std::size_t i = 0; i < m_fixture["runs"].size(); ++i) {
            const auto& run = m_fixture["runs"][i];
            const auto name = run["method"].get<std::string>() + " " + run["mode"].get<std::string>();
            QTest::newRow(name.c_str()) << static_cast<int>(i);
        }
    }
    void keepsAndAnswersAsTransformersDoes() {
        QFETCH(int, run);
        const auto& expected = m_fixture["runs"][static_cast<std::size_t>(run)];
        const auto text = [&](const char* name) { return std::to_string(m_fixture[name].get<int>()); };
        const auto config = select::configFrom({{"method", expected["method"].get<std::string>()},
                                                {"mode", expected["mode"].get<std::string>()},
                                                {"budget", text("budget")},
                                                {"block-size", text("block_size")},
                                                {"protection-divisor", text("protection_divisor")},
                                                {"max-new-tokens", text("max_new_tokens")}});
        QVERIFY(config.ok());
        text::Document document;
        document.name = "memory.json";
        document.text = m_fixture["text"].get<std::string>();
        document.bytes = document.text.size();

        const c10::InferenceMode inference;
        const auto session = LaserSession::open(m_model, *config, document);
        QVERIFY2(session.ok(), session ? "" : session.error().message.c_str());
        trace::TraceStore store;
        const auto result =
            (*session)->ask(m_fixture["question"].get<std::string>(), &store, nullptr, std::stop_token());
        QVERIFY2(result.ok(), result ? "" : result.error().message.c_str());

        QVERIFY(store.run()->tokens.ids == m_fixture["stream"].get<std::vector<std::int32_t>>());
        QVERIFY(store.run()->promptIds == m_fixture["question_ids"].get<std::vector<std::int32_t>>());
        QCOMPARE(store.steps().size(), expected["kept"].size());
        for (std::size_t i = 0; i < store.steps().size(); ++i)
            QVERIFY2(keptAfter(*store.steps()[i]) == expected["kept"][i].get<std::vector<std::int32_t>>(),
                     qPrintable(QStringLiteral("step %1").arg(i)));
        QVERIFY(result->answer.ids == expected["answer"].get<std::vector<std::int32_t>>());
    }

  private:
    nlohmann::json m_fixture;
    std::shared_ptr<const LoadedModel> m_model;
};

QTEST_GUILESS_MAIN(TestMemoryReference)
#include "test_memory_reference.moc"
