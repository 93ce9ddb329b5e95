#pragma once

#include <QByteArray>
#include <QString>

namespace rollcall::main {

/// Remembers how the window stood: geometry for all profiles, page and details pane for each. Kept in one file
/// (`window.ini`) in a folder given by the caller. **Thread-safety:** GUI thread only; reads and writes a small local
/// file, so it is used when a window or profile opens and closes, never in between.
class WindowState final
{
public:
    /// How a profile was left.
    struct Layout
    {
        QString page; ///< id of the page; empty: none remembered
        bool detailsShown = true;

        bool operator==(const Layout &) const = default;
    };

    /// @p folder is made when something is first saved; empty: nothing is remembered.
    explicit WindowState(QString folder);

    [[nodiscard]] QByteArray geometry() const;
    void saveGeometry(const QByteArray &geometry) const;
    /// What was saved for the profile @p key; the defaults where nothing was.
    [[nodiscard]] Layout layout(const QString &key) const;
    void saveLayout(const QString &key, const Layout &layout) const;
    /// "system", "light" or "dark"; empty where nothing was saved.
    [[nodiscard]] QString appearance() const;
    void saveAppearance(const QString &appearance) const;

private:
    [[nodiscard]] QString file() const;

    QString m_folder;
};

} // namespace rollcall::main
