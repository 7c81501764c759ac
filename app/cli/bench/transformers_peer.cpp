// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/transformers_peer.h"

#include "engine/files/json_fields.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace kvprism::embedded {
extern const std::string_view transformersScript; // bench/peer_transformers.py
}

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string interpreterOf(const std::string& python) {
    std::error_code failure;
    const auto inside = std::filesystem::path(python) / "bin" / "python";
    return std::filesystem::exists(inside, failure) ? inside.string() : python;
}

Result<std::unique_ptr<ChildProcess>> startScript(const std::string& python,
                                                  std::vector<std::string> arguments, Interrupt* interrupt) {
    std::error_code failure;
    const std::string interpreter = interpreterOf(python);
    if (std::filesystem::is_directory(interpreter, failure))
        return noInput(python + " has no bin/python: --peer names a Python, or its virtual environment.");
    std::vector<std::string> command{interpreter, "-c", std::string(embedded::transformersScript)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return ChildProcess::start(command, interrupt);
}

} // namespace

nlohmann::ordered_json transformersShape(const files::ModelConfig& config) {
    Json shape{{"model_type", config.architecture},
               {"hidden_size", config.hidden},
               {"intermediate_size", config.feedForward},
               {"num_hidden_layers", config.layers},
               {"num_attention_heads", config.queryHeads},
               {"num_key_value_heads", config.kvHeads},
               {"head_dim", config.headDim},
               {"vocab_size", config.vocabularySize},
               {"max_position_embeddings", config.contextLength},
               {"rope_theta", config.rope.base},
               {"rms_norm_eps", config.rmsEpsilon},
               {"tie_word_embeddings", config.tiedEmbeddings},
               {"initializer_range", 0.02}};
    if (config.architecture == "mistral")
        shape["sliding_window"] = nullptr; // else it has one that the published model has not
    return shape;
}

TransformersPeer::TransformersPeer(std::string python, std::unique_ptr<ChildProcess> process,
                                   Json description)
    : m_python(std::move(python)), m_process(std::move(process)), m_description(std::move(description)) {}

Status TransformersPeer::makeFolder(const std::string& python, const std::string& folder,
                                    const files::ModelConfig& config, Interrupt* interrupt) {
    auto process = startScript(python, {"make", folder, transformersShape(config).dump(), "1"}, interrupt);
    if (!process)
        return process.error();
    const auto made = (*process)->readObject();
    return made ? Status() : Status(made.error());
}

Result<std::unique_ptr<TransformersPeer>> TransformersPeer::start(const std::string& python,
                                                                  const std::string& folder,
                                                                  const std::string& device,
                                                                  Interrupt* interrupt) {
    auto process = startScript(python, {"serve", folder, device}, interrupt);
    if (!process)
        return process.error();
    auto description = (*process)->readObject();
    if (!description)
        return description.error();
    for (const char* field : {"name", "version", "torch", "attention"})
        if (!description->contains(field) || !(*description)[field].is_string())
            return malformed(python + " gave no '" + field +
                             "': --peer names a Python that has transformers.");
    return std::unique_ptr<TransformersPeer>(
        new TransformersPeer(python, std::move(*process), std::move(*description)));
}

Status TransformersPeer::measure(const std::string& method, std::int32_t decodeTokens, std::int32_t budget,
                                 PeerResult& result) {
    const std::string request = method + " " + std::to_string(result.tokens) + " " +
                                std::to_string(decodeTokens) + " " + std::to_string(budget);
    if (const Status asked = m_process->writeLine(request); !asked)
        return asked;
    const auto answer = m_process->readObject();
    if (!answer)
        return answer.error();
    if (answer->value("out_of_memory", Json()) == true)
        result.failure = "out of memory";
    else if (answer->contains("missing"))
        result.failure = "not installed";
    if (!result.failure.empty())
        return {};
    const nlohmann::json numbers = *answer;
    files::JsonFields fields(numbers, m_python);
    const double read = fields.number("prefill_seconds", 1e-9, 1e9);
    const double decoded = fields.number("decode_seconds", 1e-9, 1e9);
    const double peak = fields.number("peak_bytes", 0, 1e15);
    if (fields.error())
        return malformed(m_python +
                         " gave no time or peak that can be: its version may be too old or too new.");
    result.readMs.push_back(read * 1000);
    result.decodeMs.push_back(decoded * 1000 / decodeTokens);
    result.peakBytes = std::max(result.peakBytes, static_cast<std::uint64_t>(peak));
    return {};
}

} // namespace kvprism::cli
