// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/document_shelf.h"

#include "app/window/queued_call.h"

#include <QFile>
#include <QFileInfo>

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

} // namespace

DocumentShelf::DocumentShelf(QObject* parent)
    : QObject(parent), m_reader(new QObject), m_bundled(readBundled()) {
    m_thread.setObjectName(QStringLiteral("kvprism-files"));
    m_reader->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_reader, &QObject::deleteLater);
    m_thread.start();
}

DocumentShelf::~DocumentShelf() {
    m_thread.quit();
    m_thread.wait();
}

void DocumentShelf::open(const QString& path) {
    read(path, {});
}

void DocumentShelf::openBundled() {
    put(m_bundled, false);
}

void DocumentShelf::openFor(const trace::Run& run) {
    const std::string& wanted = run.document.sha256;
    if (m_document && m_document->sha256 == wanted)
        return;
    const QString path = QString::fromStdString(run.document.path);
    if (m_bundled && m_bundled->sha256 == wanted)
        openBundled();
    else if (!wanted.empty() && QFileInfo(path).isFile())
        read(path, QString::fromStdString(wanted));
    else
        put(nullptr, false);
}

void DocumentShelf::read(const QString& path, const QString& wantedSha256) {
    const quint64 wish = ++m_wish;
    queueCall(m_reader, [this, path, wantedSha256, wish] {
        const Reading reading =
            std::make_shared<const Result<text::Document>>(text::readDocument(path.toStdString()));
        queueCall(this, [this, path, wantedSha256, wish, reading] {
            if (wish == m_wish)
                take(path, reading, wantedSha256);
        });
    });
}

void DocumentShelf::take(const QString& path, const Reading& reading, const QString& wantedSha256) {
    const bool asked = wantedSha256.isEmpty();
    if (*reading && (asked || (*reading)->sha256 == wantedSha256.toStdString()))
        put(std::shared_ptr<const text::Document>(reading, &reading->value()), asked);
    else if (asked)
        Q_EMIT failed(path, QString::fromStdString(reading->error().message));
    else
        put(nullptr, false);
}

void DocumentShelf::put(std::shared_ptr<const text::Document> document, bool asked) {
    ++m_wish; // what is still being read came too late
    m_document = std::move(document);
    if (m_document)
        Q_EMIT opened(asked);
    else
        Q_EMIT missing();
}

} // namespace kvprism::app
