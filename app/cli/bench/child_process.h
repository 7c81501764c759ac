// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/types.h>
#include <vector>

namespace kvprism::cli {

// Another program, spoken to line by line through its standard input and output; what it says on standard
// error is kept from the screen. Ended with this object.
class ChildProcess {
  public:
    static Result<std::unique_ptr<ChildProcess>> start(const std::vector<std::string>& command);
    ~ChildProcess();

    Status writeLine(const std::string& line);
    // Without the line feed. Fails where the program ended, or said nothing for ten minutes.
    Result<std::string> readLine();
    // The next line as a JSON object. Fails also where it is none, and where it has "failure": in that our
    // scripts say what went wrong.
    Result<nlohmann::ordered_json> readObject();
    // Everything up to its end. Fails where it took longer than ten minutes or its exit status is not 0.
    Result<std::string> readAll();

  private:
    ChildProcess(std::string name, pid_t pid, int input, int output);
    bool receive(); // some more bytes into m_pending; false at the end, on failure, or after ten minutes of
                    // silence
    int wait();     // its exit status, once
    void closeInput();

    std::string m_name;
    pid_t m_pid;
    int m_input, m_output;
    std::string m_pending;
};

} // namespace kvprism::cli
