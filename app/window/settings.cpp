// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/settings.h"

#include <QFile>
#include <QFileInfo>

#include <array>

namespace kvprism::app {

namespace {

constexpr int version = 1;
constexpr int mostRecent = 9;
constexpr qint64 mostBytes = 1 << 20;

const QString versionKey = QStringLiteral("version");
const QString recentKey = QStringLiteral("recentFiles");

constexpr std::array<const char*, 3> schemeNames{"light", "dark", "system"};

} // namespace

QString Settings::putAsideIfCorrupt(const QString& file) {
    if (!QFileInfo::exists(file))
        return {};
    {
        const QSettings trial(file, QSettings::IniFormat);
        const bool fine = QFileInfo(file).size() <= mostBytes && trial.status() == QSettings::NoError &&
                          trial.value(versionKey).toInt() == version;
        if (fine)
            return {};
    }
    const QString aside = file + QStringLiteral(".unreadable");
    QFile::remove(aside);
    return QFile::rename(file, aside) ? aside : file;
}

Settings::Settings(const QString& file)
    : m_firstStart(!QFileInfo::exists(file)), m_putAside(putAsideIfCorrupt(file)),
      m_file(file, QSettings::IniFormat) {}

void Settings::put(const QString& key, const QVariant& value) {
    m_file.setValue(versionKey, version); // a file that is only looked at is not written
    m_file.setValue(key, value);
}

QByteArray Settings::geometry() const {
    return m_file.value(QStringLiteral("geometry")).toByteArray();
}
QByteArray Settings::layout() const {
    return m_file.value(QStringLiteral("layout")).toByteArray();
}

void Settings::setPlace(const QByteArray& geometry, const QByteArray& layout) {
    put(QStringLiteral("geometry"), geometry);
    put(QStringLiteral("layout"), layout);
}

QByteArray Settings::centreLayout() const {
    return m_file.value(QStringLiteral("centre")).toByteArray();
}
void Settings::setCentreLayout(const QByteArray& state) {
    put(QStringLiteral("centre"), state);
}

views::Scheme Settings::scheme() const {
    const QString name = m_file.value(QStringLiteral("theme")).toString();
    for (std::size_t i = 0; i < schemeNames.size(); ++i)
        if (name == QLatin1String(schemeNames[i]))
            return static_cast<views::Scheme>(i);
    return views::Scheme::system;
}

void Settings::setScheme(views::Scheme scheme) {
    put(QStringLiteral("theme"), QLatin1String(schemeNames[static_cast<std::size_t>(scheme)]));
}

QStringList Settings::recentFiles() const {
    return m_file.value(recentKey).toStringList().mid(0, mostRecent);
}

void Settings::addRecentFile(const QString& path) {
    QStringList files = recentFiles();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    files.removeAll(absolute);
    files.prepend(absolute);
    put(recentKey, files.mid(0, mostRecent));
}

void Settings::removeRecentFile(const QString& path) {
    QStringList files = recentFiles();
    files.removeAll(path);
    put(recentKey, files);
}

QString Settings::modelPath() const {
    return m_file.value(QStringLiteral("model")).toString();
}
void Settings::setModelPath(const QString& path) {
    put(QStringLiteral("model"), path);
}

select::Settings Settings::strategy() const {
    select::Settings strategy;
    for (const select::OptionSpec& option : select::optionTable()) {
        const QString name =
            QString::fromUtf8(option.name.data(), static_cast<qsizetype>(option.name.size()));
        const QVariant value = m_file.value(QStringLiteral("strategy/") + name);
        if (value.isValid())
            strategy[std::string(option.name)] = value.toString().toStdString();
    }
    if (!select::configFrom(strategy)) // written by another version
        strategy.clear();
    return strategy;
}

void Settings::setStrategy(const select::Settings& strategy) {
    m_file.remove(QStringLiteral("strategy"));
    for (const auto& [name, value] : strategy)
        put(QStringLiteral("strategy/") + QString::fromStdString(name), QString::fromStdString(value));
}

void Settings::save() {
    m_file.sync();
}

} // namespace kvprism::app
