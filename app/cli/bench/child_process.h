// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <vector>

namespace kvprism::cli {

class Interrupt;

// Another program, spoken to line by line through its standard input and output; what it says on standard
// error is kept from the screen. Ended with this object. Where there is an `interrupt` (which outlives it),
// waiting for an answer is work that Ctrl-C stops (error interrupted).
class ChildProcess {
  public:
    static Result<std::unique_ptr<ChildProcess>> start(const std::vector<std::string>& command,
                                                       Interrupt* interrupt = nullptr);
    ~ChildProcess();

    Status writeLine(const std::string& line);
    // Without the line feed. Fails where the program ended, said nothing for ten minutes, or says more than a
    // megabyte in a line.
    Result<std::string> readLine();
    // The next line as a JSON object. Fails also where it is none, and where it has "failure": in that our
    // scripts say what went wrong.
    Result<nlohmann::ordered_json> readObject();
    // Everything up to its end, of up to a megabyte. Fails where it took longer than ten minutes or its exit
    // status is not 0.
    Result<std::string> readAll();

  private:
    ChildProcess(std::string name, pid_t pid, int input, int output, Interrupt* interrupt);
    // Some more bytes into m_pending; false at the end, on failure, after ten minutes of silence, where there
    // are too many, or once stopped.
    bool receive(const std::stop_token& stop);
    template <class Work> auto waiting(const Work& work);
    void end(); // politely, then not
    int wait(); // its exit status, once
    void closeInput();

    std::string m_name;
    pid_t m_pid;
    int m_input, m_output;
    Interrupt* m_interrupt;
    std::string m_pending;
};

} // namespace kvprism::cli
