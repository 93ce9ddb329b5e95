#include "tests/ctl/PostgresShop.h"

#include <QtTest>

namespace rollcall::test {

void PostgresShop::makeTables(const QString &columns, const QString &sql)
{
    QString problem = m_server.problem();
    if (problem.isEmpty())
        problem = m_server.createDatabase(QStringLiteral("shop"));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(QStringLiteral("CREATE TABLE users (id serial PRIMARY KEY, name text, email text UNIQUE, \"emailVerified\" "
                       "timestamptz, image text);"
                       "CREATE TABLE accounts (id serial PRIMARY KEY, \"userId\" integer NOT NULL, type text NOT NULL,"
                       " provider text NOT NULL, \"providerAccountId\" text NOT NULL);"
                       "CREATE TABLE sessions (id serial PRIMARY KEY, \"sessionToken\" text NOT NULL UNIQUE,"
                       " \"userId\" integer NOT NULL, expires timestamptz NOT NULL%1);"
                       "INSERT INTO users (name, email) SELECT 'User ' || n, 'u' || n || '@example.test'"
                       " FROM generate_series(1, 100) n;")
            .arg(columns) +
        sql);
}

void PostgresShop::run(const QString &sql)
{
    const QString problem = m_server.runSql(QStringLiteral("shop"), sql);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void PostgresShop::require(const QString &condition)
{
    const QString problem =
        m_server.runSql(QStringLiteral("shop"), QStringLiteral("DO $do$ BEGIN IF NOT (%1) THEN RAISE EXCEPTION "
                                                               "'does not hold'; END IF; END $do$")
                                                    .arg(condition));
    QVERIFY2(problem.isEmpty(), qPrintable(condition + QStringLiteral(": ") + problem));
}

void PostgresShop::giveAddress(CtlProcess &ctl, const QString &user) const
{
    const auto url = m_server.url(QStringLiteral("shop"));
    ctl.neverShow(tokenStart);
    ctl.setEnvironment(
        QStringLiteral("DB"),
        QStringLiteral("postgresql://%1:%2@localhost:%3/shop")
            .arg(user.isEmpty() ? url.user : user,
                 user.isEmpty() ? QString::fromLatin1(url.password.view().toByteArray()) : QStringLiteral("pw"))
            .arg(m_server.port()));
}

} // namespace rollcall::test
