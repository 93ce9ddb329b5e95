#pragma once

#include <QtTest>

#include <QApplication>
#include <QLineEdit>
#include <QTemporaryDir>

#include "tests/support/FakeDeployment.h"
#include "tests/support/Screenshots.h"
#include "tests/support/SqliteDatabase.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/connect/ConnectionPage.h"

namespace rollcall::test {

/// The page that describes a connection, typed into and pressed as a person does. **Thread-safety:** GUI thread only.
class ConnectionPageFixture
{
protected:
    using Row = connect::ConnectionForm::Row;
    /// Of an offscreen loop under load; a blocked one is seconds.
    static constexpr std::chrono::milliseconds longestGap{500};
    /// Of the deployment that good() describes.
    const QString secret = QStringLiteral("k7Q0uXo2m1yq5S9bB4fGm8ZtR3vLw6NpJ1cHdEaTyUI=");

    /// Makes the database behind authDatabase().
    void makeAuthDatabase()
    {
        m_auth = std::make_unique<SqliteDatabase>();
        m_auth->exec(QStringLiteral(
            "CREATE TABLE user (id text PRIMARY KEY, name text, email text UNIQUE, emailVerified integer, image text);"
            "CREATE TABLE session (sessionToken text PRIMARY KEY, userId text NOT NULL REFERENCES user(id), "
            "expires integer NOT NULL);"
            "CREATE TABLE account (userId text, type text, provider text, providerAccountId text, "
            "PRIMARY KEY (provider, providerAccountId));"
            "INSERT INTO user VALUES ('u1','Ada','ada@example.test',NULL,NULL);"));
        const base::Instant expires = m_clock.now() + std::chrono::hours(480);
        m_auth->exec(QStringLiteral("INSERT INTO session VALUES ('7f3c1a52-9d0e-4b8a-8f53-0a1b2c3d4e5f','u1',%1);")
                         .arg(expires.time_since_epoch().count()));
    }
    /// An empty page in a window of its own, in the place of the one before.
    void openPage()
    {
        m_page = std::make_unique<connect::ConnectionPage>(m_theme, m_clock);
        m_page->setVault(QStringLiteral("Secret Service"));
        m_page->resize(1440, 848);
        m_page->show();
        m_page->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }

    /// The part of the page called @p name.
    template <typename T>
    [[nodiscard]] T *part(const char *name) const
    {
        return m_page->findChild<T *>(QString::fromLatin1(name));
    }
    /// What is said beside a row.
    [[nodiscard]] const connect::Finding &finding(Row row) const
    {
        return m_page->findChild<connect::ConnectionForm *>()->finding(row).finding();
    }
    [[nodiscard]] common::State state(Row row) const { return finding(row).state; }
    /// What saving waits for; empty for nothing.
    [[nodiscard]] QString whyNot() const { return part<common::Label>("whyNotOpen")->text(); }
    /// Types @p text into a field in the place of what is there.
    void type(const char *name, const QString &text) const
    {
        auto *field = part<QLineEdit>(name);
        field->setFocus();
        field->selectAll();
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
        QCOMPARE(field->text(), text);
    }
    void press(const char *name) const { QTest::mouseClick(part<common::Button>(name), Qt::LeftButton); }
    /// Presses the button by which what is found beside a row can be repaired.
    void pressFix(Row row) const
    {
        auto &box = m_page->findChild<connect::ConnectionForm *>()->finding(row);
        for (auto *button : box.findChildren<common::Button *>()) {
            if (button->isVisible() && button->text() == finding(row).fix) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        QFAIL("there is no such button");
    }
    /// Saves the page in both themes.
    void photograph(const char *name, QSize size = {1440, 848})
    {
        m_page->resize(size);
        QVERIFY(saveScreenshots(*m_page, m_theme, QStringLiteral("connection-") + QString::fromLatin1(name)));
    }
    [[nodiscard]] QString authDatabase() const { return m_auth->url(); }
    /// A deployment that answers as it should.
    [[nodiscard]] FakeDeployment::Options good() const
    {
        FakeDeployment::Options options;
        options.secret = secret.toLatin1();
        return options;
    }

    common::Theme m_theme{*qApp, common::Appearance::Light};
    base::SystemClock m_clock;
    QTemporaryDir m_folder;
    std::unique_ptr<SqliteDatabase> m_auth; ///< tables as Drizzle makes them, with one live session
    std::unique_ptr<connect::ConnectionPage> m_page;
};

} // namespace rollcall::test
