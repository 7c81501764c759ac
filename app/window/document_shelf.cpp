// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/document_shelf.h"

#include "app/window/queued_call.h"
#include "engine/verify/recorded_run.h"

#include <QFile>

#include <utility>

namespace kvprism::app {

namespace {

std::shared_ptr<const text::Document> readBundled() {
    QFile file(QStringLiteral(":/documents/LICENSE"));
    if (!file.open(QIODevice::ReadOnly))
        return nullptr;
    auto document = text::documentFromBytes("LICENSE", file.readAll().toStdString());
    return document ? std::make_shared<const text::Document>(std::move(document).value()) : nullptr;
}

using Reading = std::shared_ptr<const Result<text::Document>>;

// Where the file is not there any more, or another one, the recorded words are the document, unless bytes of
// it were replaced on the way.
Reading readAsRecorded(const trace::DocumentIdentity& wanted, const std::string& words,
                       const std::stop_token& stop) {
    auto file = std::make_shared<const Result<text::Document>>(text::readDocument(wanted.path, stop));
    if (*file && (*file)->sha256 == wanted.sha256)
        return file;
    return std::make_shared<const Result<text::Document>>(text::documentFromBytes(wanted.name, words));
}

} // namespace

DocumentShelf::DocumentShelf(QObject* parent)
    : QObject(parent), m_reader(new QObject), m_bundled(readBundled()) {
    m_thread.setObjectName(QStringLiteral("kvprism-files"));
    m_reader->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_reader, &QObject::deleteLater);
    m_thread.start();
}

DocumentShelf::~DocumentShelf() {
    m_stop.request_stop();
    endThread(m_thread);
}

void DocumentShelf::open(const QString& path) {
    const auto readFile = [path](const std::stop_token& stop) {
        return std::make_shared<const Result<text::Document>>(text::readDocument(path.toStdString(), stop));
    };
    read(readFile, [this, path](const Reading& reading) {
        m_isOpening = false;
        if (*reading)
            put(std::shared_ptr<const text::Document>(reading, &reading->value()), true);
        else
            Q_EMIT failed(path, QString::fromStdString(reading->error().message));
    });
    m_isOpening = true;
}

void DocumentShelf::giveUp() {
    if (m_isOpening)
        letGo();
}

void DocumentShelf::letGo() {
    ++m_wish;
    m_isOpening = false;
    m_stop.request_stop();
}

void DocumentShelf::openBundled() {
    put(m_bundled, false);
}

void DocumentShelf::openFor(const trace::Run& run) {
    const trace::DocumentIdentity& wanted = run.document;
    if (m_isOpening)
        return;
    if (m_document && m_document->sha256 == wanted.sha256)
        return;
    if (m_bundled && m_bundled->sha256 == wanted.sha256)
        return openBundled();
    if (run.withoutText || wanted.sha256.empty())
        return put(nullptr, false);
    const auto readIt = [wanted, words = verify::recordedWords(run)](const std::stop_token& stop) {
        return readAsRecorded(wanted, words, stop);
    };
    read(readIt, [this, hash = wanted.sha256](const Reading& reading) {
        const bool same = *reading && (*reading)->sha256 == hash;
        put(same ? std::shared_ptr<const text::Document>(reading, &reading->value()) : nullptr, false);
    });
}

void DocumentShelf::read(How how, std::function<void(const Reading&)> take) {
    letGo();
    m_stop = std::stop_source();
    queueCall(m_reader,
              [this, how = std::move(how), take = std::move(take), wish = m_wish, stop = m_stop.get_token()] {
                  queueCall(this, [this, reading = how(stop), take, wish] {
                      if (wish == m_wish)
                          take(reading);
                  });
              });
}

void DocumentShelf::put(std::shared_ptr<const text::Document> document, bool asked) {
    letGo();
    m_document = std::move(document);
    if (m_document)
        Q_EMIT opened(asked);
    else
        Q_EMIT missing();
}

} // namespace kvprism::app
