// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/model_shelf.h"

#include "app/window/queued_call.h"
#include "app/window/words.h"

namespace kvprism::app {

ModelShelf::ModelShelf(QObject* parent) : QObject(parent), m_reader(new QObject) {
    m_thread.setObjectName(QStringLiteral("kvprism-models"));
    m_reader->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_reader, &QObject::deleteLater);
    m_thread.start();
}

ModelShelf::~ModelShelf() {
    endThread(m_thread);
}

void ModelShelf::look(const QString& path, bool asked) {
    using Look = std::shared_ptr<const Result<files::ModelSummary>>;
    const quint64 wish = ++m_wish;
    queueCall(m_reader, [this, path, asked, wish] {
        const Look look = std::make_shared<const Result<files::ModelSummary>>(
            files::summariseModel(path.toStdString(), "auto"));
        queueCall(this, [this, look, path, asked, wish] {
            if (wish != m_wish)
                return;
            if (*look) {
                m_summary = std::shared_ptr<const files::ModelSummary>(look, &look->value());
                Q_EMIT known(asked);
            } else {
                Q_EMIT failed(path, QString::fromStdString(look->error().message), asked);
            }
        });
    });
}

QString bytesByPart(const files::ModelSummary& model, int budget) {
    const files::WeightBytes& weights = model.weights;
    QString text = ModelShelf::tr("Weights %1 in %2: embedding %3, attention %4, feed-forward %5, norms %6")
                       .arg(bytesText(weights.total()), QString::fromStdString(model.dtype),
                            bytesText(weights.embedding), bytesText(weights.attention),
                            bytesText(weights.feedForward), bytesText(weights.norms));
    if (weights.head > 0)
        text += ModelShelf::tr(", head %1").arg(bytesText(weights.head));
    text += ModelShelf::tr("; keys and values %1 a token").arg(bytesText(model.kvBytesPerToken));
    if (budget > 0)
        text += ModelShelf::tr(", %1 for a memory of %2")
                    .arg(bytesText(model.kvBytesPerToken * static_cast<quint64>(budget)), countText(budget));
    return text;
}

} // namespace kvprism::app
