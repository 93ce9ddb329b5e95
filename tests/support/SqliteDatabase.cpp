#include "tests/support/SqliteDatabase.h"

#include <QFile>
#include <QTest>

#include <sqlite3.h>

#include <memory>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {

struct Closer
{
    void operator()(sqlite3 *database) const { sqlite3_close(database); }
};
using Database = std::unique_ptr<sqlite3, Closer>;

Database open(const QString &path)
{
    sqlite3 *database = nullptr;
    if (sqlite3_open(path.toUtf8().constData(), &database) != SQLITE_OK)
        QTest::qFail(qPrintable(path), __FILE__, __LINE__);
    sqlite3_busy_timeout(database, 5'000);
    return Database(database);
}

struct Value
{
    bool found = false;
    std::optional<QString> text;
};

int takeFirst(void *target, int columns, char **texts, char **)
{
    auto *value = static_cast<Value *>(target);
    if (!value->found && columns > 0 && texts[0])
        value->text = QString::fromUtf8(texts[0]);
    value->found = true;
    return 0;
}

void run(sqlite3 *database, const QByteArray &sql, Value *value = nullptr)
{
    char *message = nullptr;
    if (sqlite3_exec(database, sql.constData(), value ? takeFirst : nullptr, value, &message) != SQLITE_OK)
        QTest::qFail(message ? message : "sqlite3_exec", __FILE__, __LINE__);
    sqlite3_free(message);
}

} // namespace

SqliteDatabase::SqliteDatabase(const QString &fixture)
{
    const Database database = open(path());
    run(database.get(), "PRAGMA user_version = 1;"); // so that the file is a database even without tables
    if (fixture.isEmpty())
        return;
    QFile file(dataFile(QStringLiteral("fixtures/%1.sql").arg(fixture)));
    if (!file.open(QIODevice::ReadOnly)) {
        QTest::qFail(qPrintable(file.fileName()), __FILE__, __LINE__);
        return;
    }
    run(database.get(), file.readAll());
}

void SqliteDatabase::exec(const QString &sql) const
{
    run(open(path()).get(), sql.toUtf8());
}

std::optional<QString> SqliteDatabase::value(const QString &sql) const
{
    Value value;
    run(open(path()).get(), sql.toUtf8(), &value);
    return value.text;
}

int SqliteDatabase::count(const QString &table) const
{
    return value(QStringLiteral("SELECT count(*) FROM \"%1\"").arg(table)).value_or(QStringLiteral("-1")).toInt();
}

} // namespace rollcall::test
