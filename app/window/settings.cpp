// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/settings.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <optional>

namespace kvprism::app {

namespace {

constexpr int version = 1;
constexpr int mostRecent = 9;
constexpr qint64 mostBytes = 1 << 20;

const QString versionKey = QStringLiteral("version");
const QString recentKey = QStringLiteral("recentFiles");

const QString rateKey = QStringLiteral("readingRate");
const QString shownKey = QStringLiteral("shown");
const QString themeKey = QStringLiteral("theme");
const QString workspaceKey = QStringLiteral("workspace");

QString tr(const char* text) {
    return QCoreApplication::translate("kvprism::app::settings", text);
}

QString placeKey(Workspace workspace, const char* part) {
    return QStringLiteral("workspaces/%1/%2")
        .arg(QLatin1String(recipeOf(workspace).key), QLatin1String(part));
}

const QString strategyGroup = QStringLiteral("strategy");

PanelSizes sizesOf(const QVariantHash& stored) {
    PanelSizes sizes;
    for (auto size = stored.cbegin(); size != stored.cend(); ++size)
        if (size->toSize().isValid())
            sizes[size.key()] = size->toSize();
    return sizes;
}

constexpr std::array<const char*, 3> schemeNames{"light", "dark", "system"};

std::optional<views::Scheme> schemeNamed(const QString& name) {
    for (std::size_t i = 0; i < schemeNames.size(); ++i)
        if (name == QLatin1String(schemeNames[i]))
            return static_cast<views::Scheme>(i);
    return std::nullopt;
}

} // namespace

QString Settings::putAsideIfCorrupt(const QString& file) {
    if (!QFileInfo::exists(file))
        return {};
    if (QFileInfo(file).isFile()) { // a pipe would be waited for
        const QSettings trial(file, QSettings::IniFormat);
        const bool fine = QFileInfo(file).size() <= mostBytes && trial.status() == QSettings::NoError &&
                          trial.value(versionKey).toInt() == version;
        if (fine)
            return {};
    }
    const QString aside = file + QStringLiteral(".unreadable");
    if (QFileInfo(aside).isDir() ? !QDir(aside).removeRecursively()
                                 : QFileInfo::exists(aside) && !QFile::remove(aside))
        return file;
    return QFile::rename(file, aside) ? aside : file;
}

Settings::Settings(const QString& file)
    : m_firstStart(!QFileInfo::exists(file)), m_putAside(putAsideIfCorrupt(file)),
      m_file(file, QSettings::IniFormat) {}

QStringList Settings::notUnderstood() const {
    QStringList parts;
    const QString shown = m_file.value(workspaceKey).toString();
    if (!shown.isEmpty() && shown != QLatin1String(recipeOf(workspace()).key))
        parts += tr("the workspace");
    if (m_file.contains(themeKey) && !schemeNamed(m_file.value(themeKey).toString()))
        parts += tr("light or dark");
    for (const Workspace each : workspaces)
        if (const QVariant text = m_file.value(placeKey(each, "text"));
            text.isValid() && textScale(each) != text.toDouble() &&
            !parts.contains(tr("the size of the text")))
            parts += tr("the size of the text");
    if (m_file.childGroups().contains(strategyGroup) && strategy().empty())
        parts += tr("the options of the next question");
    return parts;
}

void Settings::put(const QString& key, const QVariant& value) {
    m_file.setValue(versionKey, version); // a file that is only looked at is not written
    m_file.setValue(key, value);
}

QByteArray Settings::geometry() const {
    return m_file.value(QStringLiteral("geometry")).toByteArray();
}
void Settings::setGeometry(const QByteArray& geometry) {
    put(QStringLiteral("geometry"), geometry);
}

Workspace Settings::workspace() const {
    const QString name = m_file.value(workspaceKey).toString();
    for (const Workspace workspace : workspaces)
        if (name == QLatin1String(recipeOf(workspace).key))
            return workspace;
    return Workspace::inspect;
}

std::map<Workspace, Workspaces::State> Settings::workspaceStates() const {
    std::map<Workspace, Workspaces::State> states;
    for (const Workspace workspace : workspaces) {
        const QByteArray panels = m_file.value(placeKey(workspace, "panels")).toByteArray();
        if (!panels.isEmpty())
            states[workspace] = {panels, m_file.value(placeKey(workspace, "centre")).toByteArray(),
                                 m_file.value(placeKey(workspace, "window")).toSize(),
                                 sizesOf(m_file.value(placeKey(workspace, "sizes")).toHash())};
    }
    return states;
}

void Settings::setWorkspaces(Workspace shown, const std::map<Workspace, Workspaces::State>& states) {
    put(workspaceKey, QLatin1String(recipeOf(shown).key));
    for (const auto& [workspace, state] : states) {
        put(placeKey(workspace, "panels"), state.panels);
        put(placeKey(workspace, "centre"), state.centre);
        put(placeKey(workspace, "window"), state.window);
        QVariantHash sizes;
        for (auto size = state.sizes.cbegin(); size != state.sizes.cend(); ++size)
            sizes[size.key()] = *size;
        put(placeKey(workspace, "sizes"), sizes);
    }
}

double Settings::textScale(Workspace workspace) const {
    bool number = false;
    const double scale = m_file.value(placeKey(workspace, "text")).toDouble(&number);
    const bool possible = number && scale >= smallestText && scale <= largestText; // and not NaN
    return possible ? scale : recipeOf(workspace).textScale;
}

void Settings::setTextScale(Workspace workspace, double scale) {
    put(placeKey(workspace, "text"), scale);
}

views::Scheme Settings::scheme() const {
    return schemeNamed(m_file.value(themeKey).toString()).value_or(views::Scheme::system);
}

views::Scheme Settings::schemeIn(const QString& file) {
    if (!QFileInfo(file).isFile()) // a pipe would be waited for
        return views::Scheme::system;
    const QSettings settings(file, QSettings::IniFormat);
    return schemeNamed(settings.value(themeKey).toString()).value_or(views::Scheme::system);
}

void Settings::setScheme(views::Scheme scheme) {
    put(themeKey, QLatin1String(schemeNames[static_cast<std::size_t>(scheme)]));
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

LastShown Settings::lastShown() const {
    return {m_file.value(shownKey + QStringLiteral("/recording")).toString(),
            m_file.value(shownKey + QStringLiteral("/document")).toString(),
            m_file.value(shownKey + QStringLiteral("/question")).toString()};
}
void Settings::setLastShown(const LastShown& shown) {
    put(shownKey + QStringLiteral("/recording"), shown.recording);
    put(shownKey + QStringLiteral("/document"), shown.document);
    put(shownKey + QStringLiteral("/question"), shown.question);
}

QString Settings::modelPath() const {
    return m_file.value(QStringLiteral("model")).toString();
}
void Settings::setModelPath(const QString& path) {
    put(QStringLiteral("model"), path);
}

double Settings::readingRate(const QString& model) const {
    const QStringList last = m_file.value(rateKey).toStringList(); // of one model: the one that is used
    return last.size() == 2 && last[0] == model ? std::max(last[1].toDouble(), 0.0) : 0;
}
void Settings::setReadingRate(const QString& model, double tokensPerSecond) {
    put(rateKey, QStringList{model, QString::number(tokensPerSecond)});
}

select::Settings Settings::strategy() const {
    select::Settings strategy;
    for (const select::OptionSpec& option : select::optionTable()) {
        const QString name =
            QString::fromUtf8(option.name.data(), static_cast<qsizetype>(option.name.size()));
        const QVariant value = m_file.value(strategyGroup + QLatin1Char('/') + name);
        if (value.isValid())
            strategy[std::string(option.name)] = value.toString().toStdString();
    }
    if (!select::configFrom(strategy)) // written by another version
        strategy.clear();
    return strategy;
}

void Settings::setStrategy(const select::Settings& strategy) {
    m_file.remove(strategyGroup);
    for (const auto& [name, value] : strategy)
        put(strategyGroup + QLatin1Char('/') + QString::fromStdString(name), QString::fromStdString(value));
}

void Settings::save() {
    m_file.sync();
}

} // namespace kvprism::app
