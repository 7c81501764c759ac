// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/perplexity.h"

#include "engine/memory_check.h"
#include "engine/model/decoder.h"
#include "engine/select/geometry.h"
#include "engine/select/options.h"
#include "engine/stream_reader.h"
#include "engine/stream_tokens.h"

namespace kvprism {

Result<Perplexity> measurePerplexity(const LoadedModel& model, const select::Config& wanted,
                                     const text::Document& document, EngineObserver* observer,
                                     std::stop_token stop) {
    if (select::promptOf(wanted) == select::Scoring::question)
        return usageError(
            "--method " + wanted.method +
            " scores by a question, and a perplexity has none: add --scoring standing, window or "
            "block.");
    std::vector<std::int32_t> scoring;
    if (select::promptOf(wanted) == select::Scoring::standing) {
        const std::string prompt = wanted.standingPrompt.empty() ? std::string(text::defaultStandingPrompt())
                                                                 : wanted.standingPrompt;
        auto ids = text::standingIds(*model.tokenizer, model.chat, prompt, false);
        if (!ids)
            return ids.error();
        scoring = std::move(ids).value();
    }
    const auto scoringRows = static_cast<std::int32_t>(scoring.size());
    Perplexity result;
    if (const auto begin = model.tokenizer->beginOfSequence())
        result.ids.push_back(*begin);
    const auto encoding = model.tokenizer->encode(document.text, text::SpecialTokens::asText,
                                                  tokenisingWatch(document, observer, stop));
    if (!encoding)
        return encoding.error();
    result.ids.insert(result.ids.end(), encoding->ids.begin(), encoding->ids.end());
    if (result.ids.size() < 2)
        return usageError(document.name + ": a perplexity needs a text of at least two tokens.");
    for (const std::int32_t id : result.ids)
        result.pieces.push_back(model.tokenizer->piece(id));

    const auto tokens = static_cast<std::int32_t>(result.ids.size());
    select::Config silent = wanted;
    silent.maxNewTokens = 1; // nothing is answered, so no positions are wanted for it
    const auto config = select::resolve(silent, {model.identity.contextLength}, tokens, 0, scoringRows);
    if (!config)
        return config.error();
    const auto geometry = select::makeGeometry(*config, tokens, 0);
    if (!geometry)
        return geometry.error();
    result.config = *config;
    const std::int32_t slots = geometry->mostSlots(scoringRows);
    const ReadingNeeds needs{slots, geometry->blockSize + scoringRows, scoringRows,
                             c10::elementSize(model.weights.dtype), model.weights.embedding.is_cuda()};
    if (Status memory = checkMemory(model.weights.config, needs, availableBeside(model.weights)); !memory)
        return memory.error();
    const bool reindexed = config->positions == select::Positions::reindexed;
    if (observer && tokens > model.identity.contextLength)
        observer->notice(
            "The text has " + std::to_string(tokens) + " tokens, but the model was trained for " +
            std::to_string(model.identity.contextLength) +
            (reindexed ? ": tokens stand at their place among the kept ones (--positions reindexed)." : "."));

    cache::KvStore store(model.weights.config, model.weights.dtype, slots,
                         reindexed ? cache::KeyRotation::atUse : cache::KeyRotation::stored);
    StreamReader reader({.weights = model.weights,
                         .store = store,
                         .geometry = *geometry,
                         .config = *config,
                         .streamIds = result.ids,
                         .promptIds = scoring,
                         .observer = observer});
    result.nll.resize(static_cast<std::size_t>(tokens - 1));
    const auto onBlock = [&](StreamPos begin, const at::Tensor& hidden) -> Status {
        // Row i of the block predicts the token behind it; the last token of the text predicts nothing.
        const std::int64_t count = std::min<std::int64_t>(hidden.size(0), tokens - 1 - begin.value);
        if (count <= 0)
            return {};
        const auto first = static_cast<std::size_t>(begin.value);
        const std::span<const std::int32_t> targets(result.ids.data() + first + 1,
                                                    static_cast<std::size_t>(count));
        const auto losses =
            model::negativeLogLikelihood(model.weights, hidden.narrow(0, 0, count), targets, stop);
        if (!losses)
            return losses.error();
        std::copy_n(losses->data_ptr<float>(), count, result.nll.begin() + begin.value);
        return {};
    };
    if (Status status = reader.readAll(stop, onBlock); !status)
        return status.error();
    double sum = 0;
    for (const float loss : result.nll)
        sum += loss;
    result.meanNll = sum / static_cast<double>(result.nll.size());
    result.kept = static_cast<std::int32_t>(reader.memory().size());
    result.readMs = reader.readMs();
    return result;
}

} // namespace kvprism
