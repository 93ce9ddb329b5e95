#pragma once

#include <QWidget>

#include "core/demo/DemoDeployment.h"
#include "tests/support/Shown.h"
#include "tests/support/TestConnection.h"
#include "ui/common/Button.h"
#include "ui/common/Theme.h"

namespace rollcall::test {

/// How a DemoWindow connects to its demo.
struct DemoConnection
{
    QString name = QStringLiteral("demo");
    workspace::Environment environment = workspace::Environment::Development;
    bool isJwt = false;         ///< the demo's second deployment, whose sessions are encrypted cookies
    bool isMasked = false;      ///< its profile asks for masks of names and e-mails
    bool hasDeployment = false; ///< its URL and secret are known too; always so where isJwt
};

/// A demo deployment, a connection to it as the window has it, and a window to put a page or a sheet into.
/// **Thread-safety:** GUI thread only.
class DemoWindow final
{
public:
    /// Pictures are called @p pictures and their own name.
    explicit DemoWindow(const char *pictures);

    /// Starts a demo of its own with so many sessions, in the place of the one before. False where that fails.
    [[nodiscard]] bool start(int sessions);
    /// Connects to it, in the place of the connection before. False where that fails.
    [[nodiscard]] bool connect(const DemoConnection &how = {});
    /// A new window of that size, shown, that sheets cover; the one before is gone.
    [[nodiscard]] bool show(QSize size);
    /// Ends the demo's servers; its database stays.
    void stop() { m_demo->stop(); }
    /// Takes window and connection away.
    void close();

    [[nodiscard]] common::Theme &theme() { return m_theme; }
    [[nodiscard]] const demo::DemoInfo &info() const { return m_demo->info(); }
    [[nodiscard]] TestConnection &open() { return m_open; }
    [[nodiscard]] const TestConnection &open() const { return m_open; }
    [[nodiscard]] common::OpenConnection &connection() { return m_open.connection(); }
    [[nodiscard]] QWidget &window() { return *m_window; }
    [[nodiscard]] const base::Clock &clock() const { return m_clock; }

    /// The visible widget called @p name; null where there is none.
    template <typename Widget>
    [[nodiscard]] Widget *find(const char *name) const
    {
        return shown<Widget>(*m_window, name);
    }
    [[nodiscard]] common::Button *button(const char *name) const { return find<common::Button>(name); }
    /// What labels say that can be seen, a line each.
    [[nodiscard]] QString texts() const;
    /// Sessions that live now.
    [[nodiscard]] qint64 liveSessions() const;
    /// Runs @p sql on the demo's database, behind everybody's back.
    [[nodiscard]] bool execute(const char *sql) const;
    /// The file of the demo's database.
    [[nodiscard]] QString databaseFile() const;
    /// Saves the window in both themes.
    [[nodiscard]] bool photograph(const char *name);

private:
    QString m_pictures;
    base::SystemClock m_clock;
    common::Theme m_theme;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    TestConnection m_open;
    std::unique_ptr<QWidget> m_window;
};

} // namespace rollcall::test
