// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace kvprism::test {

struct Finished {
    int status = -1; // −1: it crashed
    QByteArray out, err;
};

// An environment whose data, cache and settings are in `home`, so that a test touches nothing of the user's.
QProcessEnvironment environmentIn(const QString& home);

QString cliProgram(); // the built kvprism-cli

// Runs kvprism-cli to its end.
Finished runCli(const QStringList& arguments, const QString& home, const QByteArray& input = {});

// Runs its `export` of a view into the file `output`.
Finished exportCli(const QString& recording, const char* view, const QString& output, const QStringList& more,
                   const QString& home);

QByteArray contentOf(const QString& file); // empty where it cannot be read

// Whether standard error is one sentence that names the program, and nothing else.
bool isOneSentence(const QByteArray& standardError);

} // namespace kvprism::test
