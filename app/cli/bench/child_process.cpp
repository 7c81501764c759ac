// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/child_process.h"

#include "app/cli/interrupt.h"
#include "engine/base/printable.h"
#include "engine/files/json_fields.h"

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

constexpr int patienceMs = 600'000, lookMs = 100; // how often it is looked whether to stop
constexpr int politeMs = 2'000;                   // between asking a program to end and ending it
constexpr std::size_t mostBytes = 1 << 20;

struct Pipe {
    int ends[2] = {-1, -1};
    bool open() { return pipe2(ends, O_CLOEXEC) == 0; }
};

} // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::vector<std::string>& command,
                                                          Interrupt* interrupt) {
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
    // We wait for signals in a thread that has them blocked elsewhere; it would not hear ours.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0); // so that the terminal's Ctrl-C is for us alone
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
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
    return std::unique_ptr<ChildProcess>(
        new ChildProcess(command[0], pid, input.ends[1], output.ends[0], interrupt));
}

ChildProcess::ChildProcess(std::string name, pid_t pid, int input, int output, Interrupt* interrupt)
    : m_name(std::move(name)), m_pid(pid), m_input(input), m_output(output), m_interrupt(interrupt) {}

ChildProcess::~ChildProcess() {
    closeInput();
    close(m_output);
    end();
}

void ChildProcess::end() {
    if (m_pid <= 0)
        return;
    kill(-m_pid, SIGTERM); // it may be a script that has started others
    for (int waited = 0; waited < politeMs; waited += lookMs / 10) {
        if (waitpid(m_pid, nullptr, WNOHANG) != 0) {
            m_pid = -1;
            return;
        }
        poll(nullptr, 0, lookMs / 10);
    }
    kill(-m_pid, SIGKILL);
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

bool ChildProcess::receive(const std::stop_token& stop) {
    pollfd ready{m_output, POLLIN, 0};
    for (int waited = 0; poll(&ready, 1, lookMs) == 0; waited += lookMs)
        if (waited >= patienceMs || stop.stop_requested())
            return false;
    char buffer[65536];
    const ssize_t got = read(m_output, buffer, sizeof buffer);
    if (got <= 0 || stop.stop_requested() || m_pending.size() + static_cast<std::size_t>(got) > mostBytes)
        return false;
    m_pending.append(buffer, static_cast<std::size_t>(got));
    return true;
}

template <class Work> auto ChildProcess::waiting(const Work& work) {
    const std::stop_token stop = m_interrupt ? m_interrupt->beginWork() : std::stop_token();
    auto result = work(stop);
    if (m_interrupt)
        m_interrupt->endWork();
    return stop.stop_requested() ? decltype(result)(interrupted("Interrupted.")) : result;
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
    return waiting([&](const std::stop_token& stop) -> Result<std::string> {
        std::size_t end = 0;
        for (std::size_t seen = 0; (end = m_pending.find('\n', seen)) == std::string::npos;) {
            seen = m_pending.size();
            if (!receive(stop))
                return ioError(m_name +
                               " ended without an answer, was silent for ten minutes, or says too much.");
        }
        std::string line = m_pending.substr(0, end);
        m_pending.erase(0, end + 1);
        return line;
    });
}

Result<nlohmann::ordered_json> ChildProcess::readObject() {
    const auto line = readLine();
    if (!line)
        return line.error();
    auto json = files::parseOrderedJson(*line);
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
    return waiting([&](const std::stop_token& stop) -> Result<std::string> {
        closeInput();
        while (receive(stop)) {
        }
        if (stop.stop_requested() || wait() != 0)
            return ioError(m_name + " failed: run it by hand to see why.");
        return std::move(m_pending);
    });
}

} // namespace kvprism::cli
