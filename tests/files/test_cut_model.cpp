// SPDX-License-Identifier: GPL-3.0-or-later
// Runs whose model is cut under them: an error, never an answer made of zeros.
#include "engine/model/decoder.h"
#include "engine/select/options.h"
#include "engine/session.h"
#include "engine/trace/store.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

using namespace kvprism;
using namespace kvprism::tests;

namespace {

// A file that is found cut the n-th time somebody looks.
class CutFile final : public files::ModelFile {
  public:
    explicit CutFile(int looks) : m_looks(looks) {}
    const std::string& path() const override { return m_path; }
    std::vector<std::string> files() const override { return {m_path}; }
    std::uint64_t fileBytes() const override { return 0; }
    std::span<const files::Tensor> tensors() const override { return {}; }
    const files::Tensor* findTensor(std::string_view) const override { return nullptr; }
    std::string nameInFile(std::string_view name) const override { return std::string(name); }
    Status intact() const override {
        return m_looks-- > 0 ? Status() : Status(ioError(m_path + " was cut."));
    }
    bool wasSeenCut() const { return m_looks < 0; }

  private:
    std::string m_path = "model.gguf";
    mutable int m_looks;
};

struct Run {
    std::shared_ptr<CutFile> file;
    std::shared_ptr<LoadedModel> model;

    explicit Run(int looks) : file(std::make_shared<CutFile>(looks)), model(std::make_shared<LoadedModel>()) {
        const auto tiny = tinyModel();
        model->weights = tiny->weights;
        model->weights.file = file;
        model->tokenizer = std::make_unique<ByteTokenizer>();
        model->chat = tiny->chat;
        model->identity = tiny->identity;
    }

    std::unique_ptr<Session> session() const {
        const auto config = select::configFrom({{"method", "recency"},
                                                {"budget", "32"},
                                                {"block-size", "16"},
                                                {"max-new-tokens", "4"},
                                                {"layout", "detached"}});
        if (!config)
            qFatal("%s", config.error().message.c_str());
        text::Document document;
        document.name = "test";
        document.text = std::string(64, 'a');
        document.bytes = document.text.size();
        auto session = LaserSession::open(model, *config, std::move(document));
        if (!session)
            qFatal("%s", session.error().message.c_str());
        return std::move(*session);
    }
};

} // namespace

class TestCutModel : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void noAnswerComesOfAModelThatIsCut() {
        const c10::InferenceMode inference;
        int looks = 0;
        for (;; ++looks) {
            const Run run(looks);
            trace::TraceStore store;
            const auto result = run.session()->ask("who?", &store, nullptr, {});
            if (!run.file->wasSeenCut()) {
                QVERIFY(result.ok());
                break;
            }
            if (result.ok()) { // cut behind the last token, while it was looked up where the answer came from
                QVERIFY(looks >= 4 + 1 + 4);
                QVERIFY(result->answer.evidence.empty());
                QCOMPARE(result->notices.size(), std::size_t{1});
                continue;
            }
            QCOMPARE(result.error().code, ErrorCode::io);
            QCOMPARE(store.answers().size(), std::size_t{0});
            QCOMPARE(store.end()->outcome, trace::Outcome::failed);
            QVERIFY(static_cast<int>(store.steps().size()) <= looks);
        }
        QVERIFY2(looks >= 4 + 1 + 4, std::to_string(looks).c_str()); // blocks, question, tokens
    }

    void noLossComesOfAModelThatIsCut() {
        const c10::InferenceMode inference;
        const std::vector<std::int32_t> answer{1, 2, 3};
        int looks = 0;
        for (;; ++looks) {
            const Run run(looks);
            const auto losses = run.session()->answerLosses("who?", answer, nullptr, {});
            if (!run.file->wasSeenCut()) {
                QVERIFY(losses.ok());
                break;
            }
            QVERIFY(!losses.ok());
            QCOMPARE(losses.error().code, ErrorCode::io);
        }
        QVERIFY2(looks >= 4 + 1, std::to_string(looks).c_str());
    }

    void theStoreHoldsWhatItHeldBefore() {
        const c10::InferenceMode inference;
        const Run run(1);
        const model::Weights& weights = run.model->weights;
        cache::KvStore store(weights.config, weights.dtype, 16);
        const auto ids = someIds(5, 256, 1);
        QVERIFY(model::forward(weights, store, ids, positionsFrom(0, 5), {}, {}).ok());
        const auto hidden = model::forward(weights, store, ids, positionsFrom(5, 5), {}, {});
        QVERIFY(!hidden.ok());
        QCOMPARE(hidden.error().code, ErrorCode::io);
        QCOMPARE(store.used(), 5);
    }
};

QTEST_GUILESS_MAIN(TestCutModel)
#include "test_cut_model.moc"
