// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/cli/program.h"
#include "tests/paths.h"

#include <QFile>
#include <QTemporaryDir>

namespace kvprism::test {

inline const QString question = QStringLiteral("What is the secret number of Paris?");

inline QStringList words(const QString& line) {
    return line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

// Asks the program about a short document that holds the answer, in a home of its own.
class AskProgram {
  protected:
    bool prepare() {
        QFile licence(QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE"));
        if (!m_home.isValid() || !licence.open(QIODevice::ReadOnly))
            return false;
        QByteArray text = licence.read(1500);
        text.insert(text.indexOf(". ") + 1, " The secret number of Paris is 48213.");
        m_document = m_home.filePath(QStringLiteral("paris.txt"));
        QFile file(m_document);
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    }

    QStringList arguments(const QStringList& more) const {
        return (more.contains(QStringLiteral("--document"))
                    ? QStringList{QStringLiteral("ask")}
                    : QStringList{QStringLiteral("ask"), QStringLiteral("--document"), m_document}) +
               QStringList{QStringLiteral("--question"), question, QStringLiteral("--model"),
                           QStringLiteral(KVPRISM_EMBEDDED_MODEL)} +
               more;
    }
    Finished ask(const QStringList& more) const { return runCli(arguments(more), m_home.path()); }

    QTemporaryDir m_home;
    QString m_document;
};

} // namespace kvprism::test
