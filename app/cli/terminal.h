// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/engine.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace kvprism::cli {

bool inputIsTerminal();
bool outputIsTerminal();
bool errorIsTerminal();

// Shows on standard error how far a run has come, one line that is drawn over: only on a terminal, a few
// times a second.
class ProgressLine {
  public:
    explicit ProgressLine(bool enabled) : m_enabled(enabled && errorIsTerminal()) {}
    ~ProgressLine() { clear(); }
    void show(const Progress& progress);
    void showText(const std::string& text); // any other work
    void clear();

  private:
    bool m_enabled;
    bool m_shown = false;
    std::chrono::steady_clock::time_point m_last{};
};

struct Talk {
    bool quiet = false;        // standard error: errors only
    bool answerStreams = true; // the answer goes to standard output as it comes
};

// What a run says while it runs: the answer to standard output, everything else to standard error.
class Narrator final : public EngineObserver {
  public:
    // `outputFailed` is called once when standard output can no longer be written to.
    Narrator(const Talk& talk, std::function<void()> outputFailed)
        : m_talk(talk), m_line(!talk.quiet), m_outputFailed(std::move(outputFailed)) {}
    void progress(const Progress& progress) override;
    void answerText(std::string_view utf8) override;
    void notice(const std::string& sentence) override;

    // Ends the answer's last line. Standard output's failure, if it had one.
    Status finish();

  private:
    void endAnswer(); // with a line end, once

    Talk m_talk;
    ProgressLine m_line;
    std::function<void()> m_outputFailed;
    Status m_output;
    char m_lastByte = '\n';
};

} // namespace kvprism::cli
