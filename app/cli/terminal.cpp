// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/terminal.h"

#include "app/cli/escape.h"
#include "app/cli/standard_output.h"
#include "app/cli/words.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kvprism::cli {

namespace {

std::size_t terminalColumns() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string barText(const Progress& progress) {
    constexpr std::size_t cells = 20;
    const double share =
        progress.total > 0
            ? std::clamp(static_cast<double>(progress.done) / static_cast<double>(progress.total), 0.0, 1.0)
            : 0;
    return fmt::format("[{:.<{}}]", std::string(static_cast<std::size_t>(share * cells), '#'), cells);
}

std::string lineText(const Progress& progress) {
    if (progress.phase == Phase::loading)
        return "Loading the model " + barText(progress);
    if (progress.phase == Phase::tokenising)
        return fmt::format("Turning the text into tokens {} {} / {}", barText(progress),
                           bytesText(static_cast<std::uint64_t>(progress.done)),
                           bytesText(static_cast<std::uint64_t>(progress.total)));
    std::string left;
    if (progress.tokensPerSecond > 0) {
        const double ms =
            1000 * static_cast<double>(progress.total - progress.done) / progress.tokensPerSecond;
        left = fmt::format(", {:.0f}/s, {} left", progress.tokensPerSecond, secondsText(ms));
    }
    if (progress.phase == Phase::comparing)
        return fmt::format("Reading all for comparison {} {} / {} tokens{}", barText(progress),
                           grouped(progress.done), grouped(progress.total), left);
    return fmt::format("Reading {} {} / {} tokens{}, kept {} ({})", barText(progress), grouped(progress.done),
                       grouped(progress.total), left, grouped(progress.keptTokens),
                       bytesText(progress.keptBytes));
}

} // namespace

bool inputIsTerminal() {
    return isatty(STDIN_FILENO) == 1;
}
bool outputIsTerminal() {
    return isatty(STDOUT_FILENO) == 1;
}
bool errorIsTerminal() {
    return isatty(STDERR_FILENO) == 1;
}

void ProgressLine::show(const Progress& progress) {
    if (progress.phase == Phase::answering)
        return clear();
    showText(lineText(progress));
}

void ProgressLine::showText(const std::string& text) {
    const auto now = std::chrono::steady_clock::now();
    if (!m_enabled || (m_shown && now - m_last < std::chrono::milliseconds(80)))
        return;
    m_last = now;
    m_shown = true;
    // All of it is ASCII, so that bytes are columns.
    std::fprintf(stderr, "\r%s\033[K", text.substr(0, terminalColumns() - 1).c_str());
    std::fflush(stderr);
}

void ProgressLine::clear() {
    if (m_shown)
        std::fputs("\r\033[K", stderr);
    m_shown = false;
}

void Narrator::progress(const Progress& progress) {
    if (progress.phase == Phase::comparing)
        endAnswer(); // it is whole, and the line below it is ours
    m_line.show(progress);
}

void Narrator::answerText(std::string_view utf8) {
    if (!m_talk.answerStreams || utf8.empty() || !m_output)
        return;
    m_line.clear();
    m_lastByte = utf8.back();
    m_output = printResult(outputIsTerminal() ? forTerminal(utf8) : std::string(utf8));
    if (!m_output)
        m_outputFailed();
}

void Narrator::notice(const std::string& sentence) {
    if (m_talk.quiet)
        return;
    m_line.clear();
    std::fprintf(stderr, "note: %s\n", oneLine(sentence).c_str());
}

void Narrator::endAnswer() {
    if (m_talk.answerStreams && m_output && m_lastByte != '\n')
        m_output = printResult("\n");
    m_lastByte = '\n';
}

Status Narrator::finish() {
    m_line.clear();
    endAnswer();
    return m_output;
}

} // namespace kvprism::cli
