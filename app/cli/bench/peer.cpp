// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/peer.h"

#include "app/cli/ask_json.h"
#include "app/cli/bench/child_process.h"
#include "engine/files/json_fields.h"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace kvprism::embedded {
extern const std::string_view peerScript; // bench/peer_llama_cpp.py
}

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

Result<double> positiveNumber(const Json& json, const char* field, const std::string& path) {
    const auto place = json.is_object() ? json.find(field) : json.end();
    if (place == json.end() || !place->is_number() || !(place->get<double>() > 0))
        return malformed(path + " gave no '" + field + "': is its version too old or too new?");
    return place->get<double>();
}

class PythonPeer final : public Peer {
  public:
    PythonPeer(std::string path, std::unique_ptr<ChildProcess> process, Json description)
        : m_path(std::move(path)), m_process(std::move(process)), m_description(std::move(description)) {}

    static Result<std::unique_ptr<Peer>> start(const std::string& python, const PeerRequest& request,
                                               Interrupt* interrupt) {
        auto process = ChildProcess::start(
            {python, "-c", std::string(embedded::peerScript), request.model, std::to_string(request.threads)},
            interrupt);
        if (!process)
            return process.error();
        std::string text = jsonLine(request.text);
        text.pop_back();
        if (const Status sent = (*process)->writeLine(text); !sent)
            return sent.error();
        auto description = (*process)->readObject();
        if (!description)
            return description.error();
        const auto tokens = positiveNumber(*description, "tokens", python);
        if (!tokens)
            return tokens.error();
        if (*tokens != request.tokens)
            return malformed(python + " reads another number of tokens from the same text.");
        return std::unique_ptr<Peer>(
            std::make_unique<PythonPeer>(python, std::move(process).value(), std::move(description).value()));
    }

    Json description() const override { return m_description; }

    Result<double> prefill(std::int32_t tokens) override {
        return rate("prefill " + std::to_string(tokens), tokens);
    }
    Result<double> decode(std::int32_t after, std::int32_t count) override {
        return rate("decode " + std::to_string(after) + " " + std::to_string(count), count);
    }

  private:
    Result<double> rate(const std::string& request, std::int32_t tokens) {
        if (const Status asked = m_process->writeLine(request); !asked)
            return asked.error();
        const auto answer = m_process->readObject();
        if (!answer)
            return answer.error();
        const auto seconds = positiveNumber(*answer, "seconds", m_path);
        if (!seconds)
            return seconds.error();
        return tokens / *seconds;
    }

    std::string m_path;
    std::unique_ptr<ChildProcess> m_process;
    Json m_description;
};

// llama-bench measures random tokens of the wanted number; each measurement is a run of the program.
class LlamaBenchPeer final : public Peer {
  public:
    LlamaBenchPeer(const PeerRequest& request, Interrupt* interrupt)
        : m_path(request.path), m_interrupt(interrupt),
          m_command{request.path, "-m",  request.model, "-r", "1", "-t", std::to_string(request.threads),
                    "-o",         "json"} {}

    Json description() const override { return m_description; }

    Result<double> prefill(std::int32_t tokens) override {
        return rate({"-p", std::to_string(tokens), "-n", "0"});
    }
    Result<double> decode(std::int32_t after, std::int32_t count) override {
        return rate({"-p", "0", "-n", std::to_string(count), "-d", std::to_string(after)});
    }

  private:
    Result<double> rate(const std::vector<std::string>& request) {
        std::vector<std::string> command = m_command;
        command.insert(command.end(), request.begin(), request.end());
        auto process = ChildProcess::start(command, m_interrupt);
        if (!process)
            return process.error();
        const auto output = (*process)->readAll();
        if (!output)
            return output.error();
        const Json rows = files::parseOrderedJson(*output);
        if (!rows.is_array() || rows.empty())
            return malformed(m_path + " did not answer in JSON: is it the program that --peer expects?");
        const Json& row = rows.front();
        m_description = {{"name", "llama.cpp (llama-bench)"}, {"version", ""}, {"flags", Json::object()}};
        for (const char* field : {"build_commit", "build_number", "cpu_info", "backends", "n_batch",
                                  "n_ubatch", "n_threads", "type_k", "type_v", "flash_attn"})
            if (row.is_object() && row.contains(field))
                m_description["flags"][field] = row[field];
        const Json& flags = m_description["flags"];
        if (flags.contains("build_commit"))
            m_description["version"] = flags["build_commit"];
        return positiveNumber(row, "avg_ts", m_path);
    }

    std::string m_path;
    Interrupt* m_interrupt;
    std::vector<std::string> m_command;
    Json m_description;
};

} // namespace

Result<std::unique_ptr<Peer>> startPeer(const PeerRequest& request, Interrupt* interrupt) {
    namespace fs = std::filesystem;
    std::error_code failure;
    const fs::path path(request.path);
    if (fs::exists(path / "bin" / "python", failure))
        return PythonPeer::start(path / "bin" / "python", request, interrupt);
    if (path.filename().string().starts_with("python"))
        return PythonPeer::start(request.path, request, interrupt);
    if (!fs::is_regular_file(path, failure))
        return noInput("There is no program at " + request.path +
                       ": --peer takes a Python that has llama_cpp, or a llama-bench executable.");
    return std::unique_ptr<Peer>(std::make_unique<LlamaBenchPeer>(request, interrupt));
}

} // namespace kvprism::cli
