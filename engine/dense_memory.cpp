// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dense_memory.h"

#include "engine/answerer.h"
#include "engine/memory_check.h"
#include "engine/select/geometry.h"
#include "engine/stream_reader.h"

#include <algorithm>

namespace kvprism {

namespace {

// Reading for the comparison is another phase to whoever looks on.
class ComparingObserver final : public EngineObserver {
  public:
    explicit ComparingObserver(EngineObserver* observer) : m_observer(observer) {}
    void progress(const Progress& progress) override {
        if (!m_observer)
            return;
        Progress other = progress;
        other.phase = Phase::comparing;
        m_observer->progress(other);
    }

  private:
    EngineObserver* m_observer;
};

// Adds what rows of logits [rows, vocabulary] say of targets [rows].
void measure(const at::Tensor& dense, const at::Tensor& run, const at::Tensor& targets,
             trace::DenseReference& reference) {
    const at::Tensor p = at::log_softmax(dense.to(at::kCPU, at::kDouble), -1);
    const at::Tensor q = at::log_softmax(run.to(at::kCPU, at::kDouble), -1);
    const at::Tensor divergence = (p.exp() * (p - q)).sum(-1).clamp_min(0);
    const at::Tensor wanted = targets.unsqueeze(1);
    const at::Tensor denseLoss = -p.gather(1, wanted).squeeze(1);
    const at::Tensor loss = -q.gather(1, wanted).squeeze(1);
    const at::Tensor same = p.argmax(-1) == q.argmax(-1);
    for (std::int64_t row = 0; row < targets.size(0); ++row) {
        reference.divergences.push_back(static_cast<float>(divergence[row].item<double>()));
        reference.denseLosses.push_back(static_cast<float>(denseLoss[row].item<double>()));
        reference.losses.push_back(static_cast<float>(loss[row].item<double>()));
        reference.sameLikeliest.push_back(same[row].item<bool>() ? 1 : 0);
    }
}

at::Tensor targetsOf(std::span<const std::int32_t> ids) {
    return at::tensor(at::ArrayRef<std::int32_t>(ids.data(), ids.size()), at::kInt).to(at::kLong);
}

// The configuration with which the same stream is read and nothing is dropped.
select::Config denseConfigOf(select::Config config) {
    config.method = "none";
    config.mode = select::Mode::recursive;
    config.budgetScope = select::BudgetScope::total;
    config.scoring = select::Scoring::none;
    config.scorePool = select::Pool::none;
    config.scorePoolWidth = 1;
    config.positions = select::Positions::absolute;
    config.recordDetail = select::RecordDetail::normal;
    config.pins = {};
    config.evictions = {};
    return config;
}

} // namespace

Result<DenseMemory> DenseMemory::read(const LoadedModel& model, const select::Config& config,
                                      std::span<const std::int32_t> streamIds, std::int32_t questionTokens,
                                      EngineObserver* observer, std::stop_token stop) {
    DenseMemory dense(model, denseConfigOf(config));
    dense.m_tokens = static_cast<std::int32_t>(streamIds.size());
    const std::int64_t slots = std::int64_t{dense.m_tokens} + questionTokens + config.maxNewTokens;
    const std::int32_t context = model.identity.contextLength;
    if (slots > context)
        return usageError("There is no dense reference: document, question and answer have up to " +
                          std::to_string(slots) + " tokens, and the model was trained for " +
                          std::to_string(context) + ".");
    const auto geometry = select::makeGeometry(dense.m_config, dense.m_tokens, 0);
    if (!geometry)
        return geometry.error();
    const ReadingNeeds needs{slots, std::max(geometry->blockSize, 1), 0,
                             c10::elementSize(model.weights.dtype), model.weights.embedding.is_cuda()};
    if (Status room = checkMemory(model.weights.config, needs, availableBeside(model.weights)); !room)
        return outOfMemory("There is no dense reference: remembering the whole document needs " +
                           inMebibytes(bytesNeeded(model.weights.config, needs)) + ", more than there is.");
    dense.m_store = cache::KvStore(model.weights.config, model.weights.embedding.options(),
                                   static_cast<std::int32_t>(slots));
    ComparingObserver comparing(observer);
    StreamReader reader({.weights = model.weights,
                         .store = dense.m_store,
                         .geometry = *geometry,
                         .config = dense.m_config,
                         .streamIds = streamIds,
                         .promptIds = {},
                         .sink = nullptr,
                         .observer = &comparing});
    if (const Status status = reader.readAll(std::move(stop)); !status)
        return status.error();
    return dense;
}

Result<trace::DenseReference> DenseMemory::compare(ForcedAnswer::Parts run, std::stop_token stop) {
    const auto most = static_cast<std::int64_t>(m_tokens) +
                      static_cast<std::int64_t>(run.questionIds.size()) + m_config.maxNewTokens;
    m_store.grow(static_cast<std::int32_t>(std::min<std::int64_t>(most, m_model->identity.contextLength)));
    auto answer = answerQuestion({.weights = m_model->weights,
                                  .tokenizer = *m_model->tokenizer,
                                  .store = m_store,
                                  .config = m_config,
                                  .questionIds = run.questionIds,
                                  .firstPosition = StreamPos(m_tokens),
                                  .observer = nullptr},
                                 stop);
    if (!answer)
        return answer.error();
    if (answer->stopReason == trace::StopReason::interrupted)
        return interrupted("Stopped.");
    trace::DenseReference reference;
    reference.text = std::move(answer->text);
    reference.ids = std::move(answer->ids);
    reference.textEnds = std::move(answer->textEnds);
    run.answerIds = reference.ids;
    ForcedAnswer ofRun(run);
    ForcedAnswer ofAll({m_model->weights, m_store, StreamPos(m_tokens), run.questionIds, reference.ids});
    while (!ofAll.done()) {
        const auto dense = ofAll.next({}, stop);
        if (!dense)
            return dense.error();
        const auto own = ofRun.next({}, stop);
        if (!own)
            return own.error();
        const auto first = static_cast<std::size_t>(ofAll.first());
        const auto targets =
            std::span(reference.ids).subspan(first, static_cast<std::size_t>(dense->size(0)));
        measure(model::logits(m_model->weights, *dense), model::logits(m_model->weights, *own),
                targetsOf(targets), reference);
        ofAll.advance(*dense);
        ofRun.advance(*own);
    }
    return reference;
}

} // namespace kvprism
