#include "ui/main/WindowState.h"

#include <QSettings>

namespace rollcall::main {

namespace {

const QString geometryKey = QStringLiteral("window/geometry");
const QString appearanceKey = QStringLiteral("window/appearance");

/// A profile's name may hold slashes, which QSettings would read as groups.
QString profileKey(const QString &profile, const QString &what)
{
    return QStringLiteral("profile-%1/%2").arg(QString::fromLatin1(profile.toUtf8().toHex()), what);
}

} // namespace

WindowState::WindowState(QString folder) : m_folder(std::move(folder)) {}

QString WindowState::file() const
{
    return m_folder + QStringLiteral("/window.ini");
}

QByteArray WindowState::geometry() const
{
    return m_folder.isEmpty() ? QByteArray() : QSettings(file(), QSettings::IniFormat).value(geometryKey).toByteArray();
}

void WindowState::saveGeometry(const QByteArray &geometry) const
{
    if (!m_folder.isEmpty()) {
        QSettings(file(), QSettings::IniFormat).setValue(geometryKey, geometry);
    }
}

WindowState::Layout WindowState::layout(const QString &key) const
{
    Layout layout;
    if (!m_folder.isEmpty()) {
        const QSettings settings(file(), QSettings::IniFormat);
        layout.page = settings.value(profileKey(key, QStringLiteral("page"))).toString();
        layout.detailsShown = settings.value(profileKey(key, QStringLiteral("details")), true).toBool();
    }
    return layout;
}

void WindowState::saveLayout(const QString &key, const Layout &layout) const
{
    if (!m_folder.isEmpty()) {
        QSettings settings(file(), QSettings::IniFormat);
        settings.setValue(profileKey(key, QStringLiteral("page")), layout.page);
        settings.setValue(profileKey(key, QStringLiteral("details")), layout.detailsShown);
    }
}

QString WindowState::appearance() const
{
    return m_folder.isEmpty() ? QString() : QSettings(file(), QSettings::IniFormat).value(appearanceKey).toString();
}

void WindowState::saveAppearance(const QString &appearance) const
{
    if (!m_folder.isEmpty()) {
        QSettings(file(), QSettings::IniFormat).setValue(appearanceKey, appearance);
    }
}

} // namespace rollcall::main
