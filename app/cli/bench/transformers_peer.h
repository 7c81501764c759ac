// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/bench/child_process.h"
#include "app/cli/bench/peers_table.h"
#include "engine/files/model_config.h"

#include <memory>
#include <string>

namespace kvprism::cli {

// What transformers' config.json has for a model of this shape, but for how Llama 3 stretches its positions,
// which takes no time.
nlohmann::ordered_json transformersShape(const files::ModelConfig& config);

// transformers in a Python of its own, by bench/peer_transformers.py.
class TransformersPeer {
  public:
    // Writes a folder with random weights that both programs read; `python`: an interpreter or the folder of
    // a virtual environment. Waiting for it is work that `interrupt` stops, which outlives it.
    static Status makeFolder(const std::string& python, const std::string& folder,
                             const files::ModelConfig& config, Interrupt* interrupt = nullptr);
    static Result<std::unique_ptr<TransformersPeer>> start(const std::string& python,
                                                           const std::string& folder,
                                                           const std::string& device,
                                                           Interrupt* interrupt = nullptr);

    const nlohmann::ordered_json& description() const { return m_description; }
    // Adds a round to `result`, or why there is none. `method`: dense or snapkv.
    Status measure(const std::string& method, std::int32_t decodeTokens, std::int32_t budget,
                   PeerResult& result);

  private:
    TransformersPeer(std::string python, std::unique_ptr<ChildProcess> process,
                     nlohmann::ordered_json description);

    std::string m_python;
    std::unique_ptr<ChildProcess> m_process;
    nlohmann::ordered_json m_description;
};

} // namespace kvprism::cli
