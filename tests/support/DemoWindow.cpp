#include "tests/support/DemoWindow.h"

#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QTest>

#include <sqlite3.h>

#include "tests/support/Screenshots.h"
#include "ui/common/Sheet.h"
#include "ui/common/Surface.h"

namespace rollcall::test {

using namespace std::chrono_literals;
using base::Call;

DemoWindow::DemoWindow(const char *pictures)
    : m_pictures(QLatin1String(pictures) + QLatin1Char('-')), m_theme(*qApp, common::Appearance::Light), m_open(m_clock)
{}

bool DemoWindow::start(int sessions)
{
    close();
    demo::DemoOptions options;
    options.sessions = sessions;
    auto started = demo::DemoDeployment::start(options, Call::within(30s));
    if (!started)
        return false;
    m_demo = std::move(*started);
    return true;
}

bool DemoWindow::connect(const DemoConnection &how)
{
    workspace::ConnectionProfile profile;
    profile.name = how.name;
    profile.environment = how.environment;
    profile.database = info().databaseUrl;
    profile.maskPersonal = how.isMasked;
    workspace::ConnectionSecrets secrets;
    const bool hasDeployment = how.isJwt || how.hasDeployment;
    if (hasDeployment) {
        profile.baseUrl = (how.isJwt ? info().jwtBaseUrl : info().baseUrl).toString();
        QFile file(info().secretFile);
        if (!file.open(QIODevice::ReadOnly))
            return false;
        secrets.authSecrets.emplace_back(file.readLine().trimmed());
    }
    if (how.isJwt)
        profile.strategy = session::Strategy::Jwt;
    return m_open.open(std::move(profile), std::move(secrets), {!how.isJwt, hasDeployment});
}

bool DemoWindow::show(QSize size)
{
    m_window = std::make_unique<QWidget>();
    common::setSurface(*m_window, common::Surface::Window);
    common::Sheet::markHost(*m_window);
    m_window->resize(size);
    m_window->show();
    return QTest::qWaitForWindowExposed(m_window.get());
}

void DemoWindow::close()
{
    m_window.reset();
    m_open.close();
}

QString DemoWindow::texts() const
{
    QStringList all;
    for (const auto *label : m_window->findChildren<QLabel *>()) {
        if (label->isVisible())
            all << label->text();
    }
    return all.join(QLatin1Char('\n'));
}

qint64 DemoWindow::liveSessions() const
{
    auto store = m_open.deployment().openStore(store::Access::ReadOnly, Call::within(10s));
    return store ? (*store)->count(store::SessionQuery(), m_clock.now(), Call::within(10s)).value_or(-1) : -1;
}

QString DemoWindow::databaseFile() const
{
    return info().databaseUrl.mid(QStringLiteral("sqlite:").size());
}

bool DemoWindow::execute(const char *sql) const
{
    sqlite3 *database = nullptr;
    const bool done = sqlite3_open(databaseFile().toUtf8().constData(), &database) == SQLITE_OK &&
                      sqlite3_busy_timeout(database, 5'000) == SQLITE_OK &&
                      sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(database);
    return done;
}

bool DemoWindow::photograph(const char *name)
{
    return saveScreenshots(*m_window, m_theme, m_pictures + QLatin1String(name));
}

} // namespace rollcall::test
