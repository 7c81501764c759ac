// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/model_name.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace kvprism::views {

QString modelName(const QString& path) {
    static const QRegularExpression ending(QStringLiteral("[.-](I?Q\\d\\w*|BF16|F16|F32)$"),
                                           QRegularExpression::CaseInsensitiveOption);
    QString name = QFileInfo(path).fileName();
    if (name.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive))
        name.chop(5); // a folder's name may have dots of its own: "Llama-3.2-1B"
    return name.remove(ending);
}

QString modelName(const trace::ModelIdentity& model) {
    return model.path.empty() ? QString::fromStdString(model.name)
                              : modelName(QString::fromStdString(model.path));
}

} // namespace kvprism::views
