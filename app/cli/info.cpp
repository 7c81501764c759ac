// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/escape.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "app/cli/words.h"
#include "engine/base/checked.h"
#include "engine/files/embedded_model.h"
#include "engine/files/memory_needs.h"
#include "engine/files/model_summary.h"
#include "engine/files/random_shape.h"
#include "engine/select/options.h"
#include "engine/text/byte_tokenizer.h"

#include <fmt/format.h>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

namespace kvprism::cli {

namespace {

struct Options {
    std::string model, random;
    std::string budget;
    std::string dtype = "auto";
    bool json = false;
};

constexpr std::int64_t usualPromptRows = 64; // that score, where the question is not known

constexpr std::uint64_t tooMany = std::numeric_limits<std::uint64_t>::max(); // bytes: no memory has them

// What there is to say about a model, from its file alone.
struct Info {
    files::ModelSummary model;
    std::string sha256;
    std::string tokenizerKind;
    std::unique_ptr<text::Tokenizer> tokenizer;
    text::ChatTemplate chat;
    select::Config settings; // budget and block size as they would be for a long document
    std::string gpuDtype;    // as it would run on a GPU
    std::uint64_t kvBytes() const {
        return checkedMultiply(model.kvBytesPerToken, static_cast<std::uint64_t>(settings.budget))
            .value_or(tooMany);
    }
    // What reading takes of a GPU's memory at most.
    std::uint64_t gpuPeakBytes() const {
        const std::uint64_t value = gpuDtype == "f32" ? 4 : 2;
        const std::int64_t rows = settings.blockSize + usualPromptRows;
        return checkedAdd(files::weightBytes(model.config, value).total(),
                          files::bytesNeeded(model.config,
                                             {settings.budget + rows, rows, usualPromptRows, value, true}))
            .value_or(tooMany);
    }
};

std::string gpuDtypeOf(const Options& options) {
    return options.dtype == "auto" ? "bf16" : options.dtype;
}

Result<select::Config> resolveSettings(const Options& options, const files::ModelConfig& model) {
    select::Settings asked;
    if (!options.budget.empty())
        asked["budget"] = options.budget;
    const auto config = select::configFrom(asked);
    if (!config)
        return config.error();
    return select::resolve(*config, {model.contextLength}, model.contextLength, 0,
                           0); // a document that fills it
}

Result<Info> gatherRandom(const Options& options) {
    auto model = files::summariseRandomModel(options.random, options.dtype);
    if (!model)
        return model.error();
    auto settings = resolveSettings(options, model->config);
    if (!settings)
        return settings.error();
    auto tokenizer = std::make_unique<text::ByteTokenizer>(model->config.vocabularySize);
    const std::string sha256 = files::sha256OfRandomModel(model->config);
    return Info{std::move(*model),     sha256,
                tokenizer->kind(),     std::move(tokenizer),
                text::plainTemplate(), std::move(*settings),
                gpuDtypeOf(options)};
}

Result<Info> gather(const Options& options) {
    Info info;
    if (const auto dtype = files::resolveDtype(options.dtype); !dtype)
        return dtype.error(); // before a file is looked for
    if (!options.random.empty())
        return gatherRandom(options);
    const auto path = files::modelPath(options.model);
    if (!path)
        return path.error();
    const auto file = files::openModel(*path);
    if (!file)
        return file.error();
    auto model = files::summarise(**file, options.dtype);
    if (!model)
        return model.error();
    info.model = std::move(*model);
    auto settings = resolveSettings(options, info.model.config);
    if (!settings)
        return settings.error();
    info.settings = std::move(*settings);
    info.gpuDtype = gpuDtypeOf(options);
    auto tokenizer = text::readTokenizer(**file);
    if (!tokenizer)
        return tokenizer.error();
    info.tokenizer = std::move(*tokenizer);
    info.tokenizerKind = info.tokenizer->kind();
    info.chat = text::recogniseChatTemplate(**file);
    auto sha256 = files::sha256OfModel(**file);
    if (!sha256)
        return sha256.error();
    info.sha256 = std::move(*sha256);
    return info;
}

std::string asText(const Info& info) {
    const files::ModelConfig& model = info.model.config;
    const files::WeightBytes& weights = info.model.weights;
    std::string ends;
    for (const std::int32_t id : info.tokenizer->endOfAnswer())
        ends += fmt::format(" {}", escaped(info.tokenizer->piece(id)));
    if (ends.empty())
        ends = " none";
    std::string out;
    const auto line = [&](const char* what, const std::string& value) {
        out += fmt::format("{:<12}{}\n", what, oneLine(value));
    };
    line("model", fmt::format("{}, architecture {}", escaped(model.name), model.architecture));
    line("file", info.model.fileBytes > 0
                     ? fmt::format("{}, {}", info.model.path, bytesText(info.model.fileBytes))
                     : "none: random weights");
    line("sha256", info.sha256);
    line("shape", fmt::format("{} layers, {} query / {} KV heads of {}, hidden {}, feed-forward {}",
                              model.layers, model.queryHeads, model.kvHeads, model.headDim,
                              grouped(model.hidden), grouped(model.feedForward)));
    line("context", fmt::format("{} tokens, RoPE base {}", grouped(model.contextLength), model.rope.base));
    line("tokenizer", fmt::format("{}, {} tokens; an answer ends with{}", info.tokenizerKind,
                                  grouped(info.tokenizer->size()), ends));
    line("template", info.chat.known ? std::string(info.chat.name) : "plain (the file's own is unknown)");
    line("instruction", escaped(text::defaultInstruction()));
    line("weights",
         fmt::format("{} in {}: embedding {}, attention {}, feed-forward {}, norms {}, head {}",
                     bytesText(weights.total()), info.model.dtype, bytesText(weights.embedding),
                     bytesText(weights.attention), bytesText(weights.feedForward), bytesText(weights.norms),
                     model.tiedEmbeddings ? "is the embedding" : bytesText(weights.head)));
    line("K/V",
         fmt::format("{} per token in {}; {} at a budget of {} tokens", bytesText(info.model.kvBytesPerToken),
                     info.model.dtype, bytesText(info.kvBytes()), grouped(info.settings.budget)));
    line("on a GPU",
         fmt::format("{} at most in {}: weights, K/V and activations at that budget, in blocks of {} tokens",
                     bytesText(info.gpuPeakBytes()), info.gpuDtype, grouped(info.settings.blockSize)));
    return out;
}

std::string asJson(const Info& info) {
    const files::ModelConfig& model = info.model.config;
    const files::WeightBytes& weights = info.model.weights;
    const nlohmann::ordered_json json = {{"model",
                                          {{"name", model.name},
                                           {"path", info.model.path},
                                           {"sha256", info.sha256},
                                           {"file_bytes", info.model.fileBytes},
                                           {"architecture", model.architecture},
                                           {"dtype", info.model.dtype},
                                           {"layers", model.layers},
                                           {"query_heads", model.queryHeads},
                                           {"kv_heads", model.kvHeads},
                                           {"head_dim", model.headDim},
                                           {"hidden", model.hidden},
                                           {"feed_forward", model.feedForward},
                                           {"vocabulary", model.vocabularySize},
                                           {"context", model.contextLength},
                                           {"rope_base", model.rope.base},
                                           {"rms_epsilon", model.rmsEpsilon},
                                           {"tied_embeddings", model.tiedEmbeddings}}},
                                         {"tokenizer",
                                          {{"kind", info.tokenizerKind},
                                           {"tokens", info.tokenizer->size()},
                                           {"end_of_answer", info.tokenizer->endOfAnswer()}}},
                                         {"template",
                                          {{"name", info.chat.name},
                                           {"known", info.chat.known},
                                           {"user_opening", info.chat.userOpening},
                                           {"user_closing", info.chat.userClosing}}},
                                         {"instruction", text::defaultInstruction()},
                                         {"budget", info.settings.budget},
                                         {"bytes",
                                          {{"weights", weights.total()},
                                           {"embedding", weights.embedding},
                                           {"attention", weights.attention},
                                           {"feed_forward", weights.feedForward},
                                           {"norms", weights.norms},
                                           {"head", weights.head},
                                           {"per_token", info.model.kvBytesPerToken},
                                           {"budget", info.kvBytes()},
                                           {"gpu_peak", info.gpuPeakBytes()},
                                           {"gpu_dtype", info.gpuDtype}}}};
    // A file's name or path may hold any bytes; JSON may not.
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Status run(const Options& options) {
    const auto info = gather(options);
    if (!info)
        return info.error();
    return printResult(options.json ? asJson(*info) : asText(*info));
}

} // namespace

void addInfo(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("info", "Describe a model: shape, tokenizer, template, bytes by part");
    command->add_option("--model", options->model,
                        "GGUF file or folder with safetensors (default: the embedded model)");
    command->add_option("--random", options->random, randomHelp())->type_name("SHAPE")->excludes("--model");
    command->add_option("--budget", options->budget, "Tokens to keep, for the bytes of K/V");
    command->add_option("--dtype", options->dtype, "auto, f32 or bf16");
    command->add_flag("--json", options->json, "One JSON object");
    command->callback([options, &status] {
        if (const Status done = run(*options); !done)
            status = report(done.error());
    });
}

} // namespace kvprism::cli
