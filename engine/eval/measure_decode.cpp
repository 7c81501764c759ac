// SPDX-License-Identifier: GPL-3.0-or-later
// Single tokens over the kept ones, by the engine's own loop of an answer: of two answers the longer one's
// further tokens, so that the question and whatever is set up once count for nothing.
#include "engine/answerer.h"
#include "engine/eval/parts.h"
#include "engine/eval/stock_forward.h"
#include "engine/eval/stream.h"
#include "engine/model/decoder.h"

namespace kvprism::eval {

namespace {

constexpr const char* part = "decode";
constexpr std::int32_t questionTokens = 16;

class Answers {
  public:
    Answers(const Bench& bench, cache::KvStore& store)
        : m_bench(bench), m_store(store), m_question(randomIds(bench, questionTokens)) {}

    // Milliseconds of an answer of so many tokens behind its first.
    Result<double> further(std::int32_t tokens) {
        m_config.maxNewTokens = tokens + 1;
        const auto answer = answerQuestion({.weights = m_bench.weights(),
                                            .tokenizer = *m_bench.model.tokenizer,
                                            .store = m_store,
                                            .config = m_config,
                                            .questionIds = m_question,
                                            .firstPosition = StreamPos(m_store.used())},
                                           m_bench.stop);
        if (!answer)
            return answer.error();
        if (static_cast<std::int32_t>(answer->ids.size()) != tokens + 1)
            return unavailable("the model ended its answer: measure with random weights.");
        return answer->totalMs - answer->firstTokenMs;
    }

  private:
    const Bench& m_bench;
    cache::KvStore& m_store;
    std::vector<std::int32_t> m_question;
    select::Config m_config;
};

// One step of plain operators, with the copy of its token that tells the next step.
Series stockSteps(const Bench& bench, std::int32_t kept) {
    const StockDecoder stock(bench.weights(), kept);
    const auto table = model::rotaryTable(positionsFrom(kept, 1), bench.config().headDim, bench.config().rope,
                                          bench.device());
    at::Tensor id = at::tensor({1}, at::kInt).to(bench.device());
    Series series;
    for (std::int32_t step = 0; step < 12; ++step) {
        const double ms = bench.clock.wallMs([&] {
            id = stock.logitsOf(stock.forward(id, table)).argmax(-1).to(at::kInt);
            (void)id.item<std::int32_t>();
        });
        if (step >= 4)
            series.values.push_back(ms);
    }
    return series;
}

} // namespace

Status measureDecode(Bench& bench) {
    bench.tell("single tokens");
    const std::int32_t kept = bench.request.blockSize, tokens = bench.request.decodeTokens;
    auto store = filledStore(bench, kept, kept + questionTokens + 2 * tokens + 2);
    if (!store)
        return store.error();
    Answers answers(bench, *store);
    if (const auto warm = answers.further(tokens); !warm)
        return warm.error();
    Series perToken;
    for (std::int32_t round = 0; round < bench.request.rounds; ++round) {
        const auto shorter = answers.further(tokens), longer = answers.further(2 * tokens);
        if (!shorter || !longer)
            return shorter ? longer.error() : shorter.error();
        perToken.values.push_back((*longer - *shorter) / tokens);
    }
    const model::Weights& weights = bench.weights();
    const bool tied = weights.head.is_same(weights.embedding);
    const double bytes = static_cast<double>(weights.bytes() - (tied ? 0 : weights.embedding.nbytes()));
    const double seconds = perToken.median() / 1000;
    GpuBenchRow row = rowOf(part, "decode", "weights read for a token, " + std::to_string(kept) + " kept",
                            perToken, "a large copy, read and written", {});
    row.unit = "GB/s";
    row.value = bytes / seconds / 1e9;
    row.baseline = bench.result.bytesPerSecond / 1e9;
    row.ratio = row.value / row.baseline;
    row.better = Better::larger;
    row.floor = 0.80;
    row.aim = 0.85;
    row.note = std::to_string(perToken.median()) + " ms a token";
    bench.result.rows.push_back(row);
    bench.result.rows.push_back(rowOf(part, "decode_stock", "a token", perToken,
                                      "a decoder of plain libtorch operators", stockSteps(bench, kept)));
    const double elements = bytes / static_cast<double>(c10::elementSize(weights.dtype));
    const double keys = static_cast<double>(store->bytesPerToken()) * kept;
    const files::ModelConfig& config = bench.config();
    const double attention = 4.0 * config.layers * config.queryHeads * config.headDim * kept; // q·k and p·v
    bench.result.points.push_back({"a token", 2 * elements + attention, bytes + keys, seconds, true});
    return {};
}

} // namespace kvprism::eval
