// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/tokenizer.h"
#include "tests/paths.h"

#include <QDir>
#include <QFile>
#include <QString>
#include <QTemporaryDir>

namespace kvprism::test {

inline const QString folderOfAll = QStringLiteral(KVPRISM_TEST_DATA "/text/tokenizers/");

inline QByteArray contentsOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot open %s", qPrintable(path));
    return file.readAll();
}

// The tokenizers of tests/data/text/make_tokenizers.py, those in files of their own put beside a model.
class TokenizerFolder {
  public:
    QString filePath(const QString& name) const { return m_folder.filePath(name); }

    // A folder with a model's files and this tokenizer's.
    QString with(const QString& tokenizer) {
        const QString path = m_folder.filePath(tokenizer);
        QDir().mkpath(path);
        const QString model = QStringLiteral(KVPRISM_TEST_DATA "/model/families/smollm2");
        for (const QString& from : {model, folderOfAll + tokenizer})
            for (const QString& name : QDir(from).entryList(QDir::Files))
                QFile::copy(from + QLatin1Char('/') + name, path + QLatin1Char('/') + name);
        // The model's own end of text is none of this vocabulary.
        QFile config(path + QStringLiteral("/config.json"));
        const QByteArray text = contentsOf(config.fileName()).replace("eos_token_id", "not_of_interest");
        config.remove();
        if (config.open(QIODevice::WriteOnly))
            config.write(text);
        return path;
    }

    static Result<std::unique_ptr<text::Tokenizer>> read(const QString& path) {
        const auto file = files::openModel(path.toStdString());
        return file ? text::readTokenizer(**file) : file.error();
    }

    std::unique_ptr<text::Tokenizer> tokenizer(const QString& name) {
        const bool gguf = name.endsWith(QLatin1String(".gguf"));
        auto made = read(gguf ? folderOfAll + name : with(name));
        if (!made)
            qFatal("%s", made.error().message.c_str());
        return std::move(*made);
    }

  private:
    QTemporaryDir m_folder;
};

} // namespace kvprism::test
