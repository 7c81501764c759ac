// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/child_process.h"

#include "engine/base/printable.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace kvprism::cli {

namespace {

constexpr int patienceMs = 600'000;

struct Pipe {
    int ends[2] = {-1, -1};
    bool open() { return pipe2(ends, O_CLOEXEC) == 0; }
};

} // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::vector<std::string>& command) {
    Pipe input, output;
    if (!input.open() || !output.open())
        return ioError("No pipe to " + command[0] + " could be opened.");
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // Ctrl-C is for us, and we end the child; a pipe that we close must end it.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int failure =
        posix_spawnp(&pid, command[0].c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(input.ends[0]);
    close(output.ends[1]);
    if (failure != 0) {
        close(input.ends[1]);
        close(output.ends[0]);
        return noInput("Cannot run " + command[0] + " (" + std::strerror(failure) + "): check the path.");
    }
    return std::unique_ptr<ChildProcess>(new ChildProcess(command[0], pid, input.ends[1], output.ends[0]));
}

ChildProcess::ChildProcess(std::string name, pid_t pid, int input, int output)
    : m_name(std::move(name)), m_pid(pid), m_input(input), m_output(output) {}

ChildProcess::~ChildProcess() {
    closeInput();
    close(m_output);
    if (m_pid > 0)
        kill(m_pid, SIGTERM);
    wait();
}

void ChildProcess::closeInput() {
    if (m_input >= 0)
        close(m_input);
    m_input = -1;
}

int ChildProcess::wait() {
    int status = 0;
    if (m_pid > 0)
        while (waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
        }
    m_pid = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool ChildProcess::receive() {
    pollfd ready{m_output, POLLIN, 0};
    if (poll(&ready, 1, patienceMs) <= 0)
        return false;
    char buffer[4096];
    const ssize_t got = read(m_output, buffer, sizeof buffer);
    if (got <= 0)
        return false;
    m_pending.append(buffer, static_cast<std::size_t>(got));
    return true;
}

Status ChildProcess::writeLine(const std::string& line) {
    const std::string bytes = line + "\n";
    for (std::size_t sent = 0; sent < bytes.size();) {
        const ssize_t wrote = write(m_input, bytes.data() + sent, bytes.size() - sent);
        if (wrote <= 0)
            return ioError(m_name + " does not listen: does it run on its own?");
        sent += static_cast<std::size_t>(wrote);
    }
    return {};
}

Result<std::string> ChildProcess::readLine() {
    std::size_t end = 0;
    while ((end = m_pending.find('\n')) == std::string::npos)
        if (!receive())
            return ioError(m_name + " ended without an answer, or was silent for ten minutes.");
    std::string line = m_pending.substr(0, end);
    m_pending.erase(0, end + 1);
    return line;
}

Result<nlohmann::ordered_json> ChildProcess::readObject() {
    const auto line = readLine();
    if (!line)
        return line.error();
    auto json = nlohmann::ordered_json::parse(*line, nullptr, false);
    if (!json.is_object())
        return malformed(
            m_name +
            " did not answer in JSON; --peer names a Python that has the peer, or its virtual environment.");
    if (const auto failure = json.find("failure"); failure != json.end())
        return unavailable(m_name + " cannot do it: " +
                           printable(failure->is_string() ? failure->get<std::string>() : failure->dump()) +
                           ".");
    return json;
}

Result<std::string> ChildProcess::readAll() {
    closeInput();
    while (receive()) {
    }
    if (wait() != 0)
        return ioError(m_name + " failed: run it by hand to see why.");
    return std::move(m_pending);
}

} // namespace kvprism::cli
