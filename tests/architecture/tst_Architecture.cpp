#include <QtTest>

#include <QDirIterator>
#include <QRegularExpression>

#include "tests/support/TestPaths.h"

using rollcall::test::sourceFile;

namespace {

/// The shelves of core, lowest first: a room may include its own files and rooms on lower shelves only.
const QHash<QString, int> &shelves()
{
    static const QHash<QString, int> table{
        {QStringLiteral("base"), 0},   {QStringLiteral("session"), 1},    {QStringLiteral("async"), 1},
        {QStringLiteral("http"), 2},   {QStringLiteral("jose"), 2},       {QStringLiteral("redis"), 3},
        {QStringLiteral("routes"), 3}, {QStringLiteral("audit"), 3},      {QStringLiteral("workspace"), 3},
        {QStringLiteral("store"), 4},  {QStringLiteral("cache"), 4},      {QStringLiteral("proxy"), 4},
        {QStringLiteral("engine"), 5}, {QStringLiteral("deployment"), 6}, {QStringLiteral("revoke"), 6},
        {QStringLiteral("demo"), 6},   {QStringLiteral("probe"), 7},      {QStringLiteral("findings"), 8},
    };
    return table;
}

QStringList sourcesBelow(const QString &folder)
{
    QStringList files;
    QDirIterator it(sourceFile(folder), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                    QDirIterator::Subdirectories);
    while (it.hasNext())
        files << it.next();
    files.sort();
    return files;
}

QStringList includesOf(const QString &path)
{
    static const QRegularExpression include(QStringLiteral("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"),
                                            QRegularExpression::MultilineOption);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QString text = QString::fromUtf8(file.readAll());
    QStringList result;
    for (auto it = include.globalMatch(text); it.hasNext();)
        result << it.next().captured(1);
    return result;
}

QString roomOf(const QString &path, const QString &floor)
{
    const QString relative = path.mid(sourceFile(floor).size() + 1);
    return relative.section(QLatin1Char('/'), 0, 0);
}

} // namespace

class ArchitectureTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void coreRoomsLookDownOnly()
    {
        QStringList broken;
        for (const QString &path : sourcesBelow(QStringLiteral("core"))) {
            const QString room = roomOf(path, QStringLiteral("core"));
            QVERIFY2(shelves().contains(room), qPrintable(path));
            for (const QString &include : includesOf(path)) {
                if (include.startsWith(QStringLiteral("ui/")) || include.startsWith(QStringLiteral("app/")))
                    broken << path + QStringLiteral(" looks up to ") + include;
                if (!include.startsWith(QStringLiteral("core/")))
                    continue;
                const QString other = include.section(QLatin1Char('/'), 1, 1);
                QVERIFY2(shelves().contains(other), qPrintable(path + QStringLiteral(": ") + include));
                if (other != room && shelves().value(other) > shelves().value(room))
                    broken << path + QStringLiteral(" includes ") + include;
            }
        }
        QVERIFY2(broken.isEmpty(), qPrintable(broken.join(QLatin1Char('\n'))));
    }

    void coreKnowsNoWidgets()
    {
        static const QRegularExpression widget(
            QStringLiteral("^(QtWidgets|QtGui|QtCharts)|^Q(Widget|Application|MainWindow|Dialog|Label|Table|Tree|Chart|"
                           "Pixmap|Icon|Painter|GuiApplication)"));
        QStringList broken;
        for (const QString &path : sourcesBelow(QStringLiteral("core"))) {
            for (const QString &include : includesOf(path)) {
                if (widget.match(include).hasMatch())
                    broken << path + QStringLiteral(" includes ") + include;
            }
        }
        QVERIFY2(broken.isEmpty(), qPrintable(broken.join(QLatin1Char('\n'))));
    }

    void uiKnowsNoSqlSocketOrKey()
    {
        static const QRegularExpression forbidden(
            QStringLiteral("^(libpq-fe|sqlite3|openssl/|QtSql|QTcpSocket|QSslSocket|QNetworkAccessManager)|^app/"));
        QStringList broken;
        for (const QString &path : sourcesBelow(QStringLiteral("ui"))) {
            for (const QString &include : includesOf(path)) {
                if (forbidden.match(include).hasMatch())
                    broken << path + QStringLiteral(" includes ") + include;
            }
        }
        QVERIFY2(broken.isEmpty(), qPrintable(broken.join(QLatin1Char('\n'))));
    }

    void pagesDoNotKnowEachOther()
    {
        QStringList broken;
        for (const QString &path : sourcesBelow(QStringLiteral("ui"))) {
            const QString room = roomOf(path, QStringLiteral("ui"));
            if (room == QStringLiteral("main"))
                continue; // MainWindow joins them
            for (const QString &include : includesOf(path)) {
                if (!include.startsWith(QStringLiteral("ui/")))
                    continue;
                const QString other = include.section(QLatin1Char('/'), 1, 1);
                if (other != room && other != QStringLiteral("common") && other != QStringLiteral("charts"))
                    broken << path + QStringLiteral(" includes ") + include;
            }
        }
        QVERIFY2(broken.isEmpty(), qPrintable(broken.join(QLatin1Char('\n'))));
    }

    void everyHeaderGuardsItself()
    {
        for (const QString &folder : {QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app")}) {
            for (const QString &path : sourcesBelow(folder)) {
                if (!path.endsWith(QStringLiteral(".h")))
                    continue;
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                QVERIFY2(file.readAll().contains("#pragma once"), qPrintable(path));
            }
        }
    }

    void filesStayShort()
    {
        QStringList broken;
        for (const QString &folder : {QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app")}) {
            for (const QString &path : sourcesBelow(folder)) {
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                const auto lines = file.readAll().count('\n');
                if (lines > 600)
                    broken << QStringLiteral("%1: %2 lines").arg(path).arg(lines);
            }
        }
        QVERIFY2(broken.isEmpty(), qPrintable(broken.join(QLatin1Char('\n'))));
    }
};

QTEST_GUILESS_MAIN(ArchitectureTest)
#include "tst_Architecture.moc"
