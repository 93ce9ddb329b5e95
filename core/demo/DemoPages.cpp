#include "core/demo/DemoPages.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <span>

namespace rollcall::demo {

namespace {

QByteArray escaped(const QString &text)
{
    return text.toHtmlEscaped().toUtf8();
}

QByteArray document(const QByteArray &title, const QByteArray &body)
{
    return "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
           " · Harbour demo</title></head><body><nav><a href=\"/\">Home</a> <a href=\"/dashboard\">Dashboard</a> "
           "<a href=\"/reports\">Reports</a></nav><h1>" +
           title + "</h1>" + body + "</body></html>";
}

QJsonObject userOf(const session::Resolution &session)
{
    return QJsonDocument::fromJson(session.session.value_or(QByteArray()))
        .object()
        .value(QStringLiteral("user"))
        .toObject();
}

QString emailOf(const PageContext &context)
{
    return userOf(context.session).value(QStringLiteral("email")).toString();
}

/// Runs @p sql and adds the time to the context's.
base::Status query(PageContext &context, const QString &sql, store::SqlParams params, const store::RowHandler &onRow)
{
    const auto begun = base::Call::Clock::now();
    store::SqlStatement statement{sql, std::move(params), sql.toUtf8()};
    const base::Result<qint64> rows = context.tables.read(statement, onRow, context.call);
    context.queried += base::Call::Clock::now() - begun;
    if (!rows)
        return base::fail(rows.error());
    return {};
}

/// A table with @p heads over what @p sql returns; rows are streamed into it.
Page table(PageContext &context, const QByteArray &title, std::span<const char *const> heads, const QString &sql,
           store::SqlParams params = {})
{
    QByteArray html = "<h2>" + title + "</h2><table><thead><tr>";
    for (const char *head : heads)
        html += QByteArray("<th>") + head + "</th>";
    html += "</tr></thead><tbody>";
    const base::Status status = query(context, sql, std::move(params), [&html](const store::SqlRow &row) {
        html += "<tr>";
        for (std::size_t column = 0; column < row.cells.size(); ++column)
            html += "<td>" + escaped(row.text(column).value_or(QString())) + "</td>";
        html += "</tr>";
    });
    if (!status)
        return base::fail(status.error());
    return html + "</tbody></table>";
}

} // namespace

QByteArray homePage()
{
    return document("Harbour",
                    "<p>The demo deployment of Rollcall: a made-up subscription business with made-up people. Sessions "
                    "are real rows and real tokens, resolved as Auth.js v5 does.</p>");
}

QByteArray mePage(const session::Resolution &session)
{
    return QJsonDocument(QJsonObject{{QStringLiteral("user"), userOf(session)}}).toJson(QJsonDocument::Compact);
}

Page ordersPage(PageContext &context)
{
    QJsonArray orders;
    store::SqlParams params;
    const QString email = params.add(emailOf(context));
    const base::Status status =
        query(context,
              QStringLiteral(R"(SELECT o."id", o."item", o."amount", o."createdAt" FROM "Order" o
                                JOIN "User" u ON u."id" = o."userId" WHERE u."email" = %1
                                ORDER BY o."createdAt" DESC LIMIT 100)")
                  .arg(email),
              std::move(params), [&orders](const store::SqlRow &row) {
                  orders.append(QJsonObject{{QStringLiteral("id"), row.text(0).value_or(QString())},
                                            {QStringLiteral("item"), row.text(1).value_or(QString())},
                                            {QStringLiteral("amountCents"), row.integer(2)},
                                            {QStringLiteral("createdAt"), row.integer(3)}});
              });
    if (!status)
        return base::fail(status.error());
    return QJsonDocument(QJsonObject{{QStringLiteral("orders"), orders}}).toJson(QJsonDocument::Compact);
}

Page dashboardPage(PageContext &context)
{
    QByteArray body = "<p>Signed in as " + escaped(emailOf(context)) + "</p>";
    store::SqlParams mine;
    const QString email = mine.add(emailOf(context));
    constexpr const char *sessionHeads[] = {"Signed in", "Address", "Browser"};
    constexpr const char *orderHeads[] = {"Ordered", "Item", "Amount"};
    constexpr const char *itemHeads[] = {"Item", "Orders", "Sum"};
    constexpr const char *joinedHeads[] = {"Name", "E-mail", "Joined"};
    store::SqlParams mineToo;
    static_cast<void>(mineToo.add(emailOf(context)));
    const Page parts[] = {
        table(context, "Your devices", sessionHeads,
              QStringLiteral(R"(SELECT datetime(s."createdAt" / 1000, 'unixepoch'), s."ipAddress", s."userAgent"
                                FROM "Session" s JOIN "User" u ON u."id" = s."userId" WHERE u."email" = %1
                                ORDER BY s."expires" DESC LIMIT 20)")
                  .arg(email),
              std::move(mine)),
        table(context, "Your orders", orderHeads,
              QStringLiteral(R"(SELECT date(o."createdAt" / 1000, 'unixepoch'), o."item", o."amount"
                                FROM "Order" o JOIN "User" u ON u."id" = o."userId" WHERE u."email" = %1
                                ORDER BY o."createdAt" DESC LIMIT 20)")
                  .arg(email),
              std::move(mineToo)),
        table(context, "What sells", itemHeads,
              QStringLiteral(R"(SELECT "item", count(*), sum("amount") FROM "Order" GROUP BY "item" ORDER BY 3 DESC)")),
        table(context, "New customers", joinedHeads,
              QStringLiteral(R"(SELECT "name", "email", date("createdAt" / 1000, 'unixepoch') FROM "User"
                                ORDER BY "createdAt" DESC LIMIT 15)"))};
    for (const Page &part : parts) {
        if (!part)
            return part;
        body += *part;
    }
    return document("Dashboard", body);
}

Page reportsPage(PageContext &context)
{
    constexpr const char *providerHeads[] = {"Month", "Provider", "Sign-ins", "People"};
    constexpr const char *customerHeads[] = {"Name", "E-mail", "Orders", "Sum", "Devices"};
    constexpr const char *dayHeads[] = {"Day", "Orders", "Sum", "Running sum"};
    const Page parts[] = {
        table(context, "Sign-ins by provider", providerHeads,
              QStringLiteral(R"(SELECT strftime('%Y-%m', s."createdAt" / 1000, 'unixepoch') AS month, a."provider",
                                       count(*), count(DISTINCT s."userId")
                                FROM "Session" s JOIN "Account" a ON a."userId" = s."userId"
                                GROUP BY month, a."provider" ORDER BY month DESC, 3 DESC)")),
        table(context, "Customers", customerHeads,
              QStringLiteral(R"(SELECT u."name", u."email", count(DISTINCT o."id"), sum(o."amount"),
                                       (SELECT count(*) FROM "Session" s WHERE s."userId" = u."id")
                                FROM "User" u JOIN "Order" o ON o."userId" = u."id"
                                GROUP BY u."id" ORDER BY 4 DESC LIMIT 200)")),
        table(context, "Days", dayHeads, QStringLiteral(R"(SELECT day, orders, total, sum(total) OVER (ORDER BY day)
                                FROM (SELECT date("createdAt" / 1000, 'unixepoch') AS day, count(*) AS orders,
                                             sum("amount") AS total FROM "Order" GROUP BY day)
                                ORDER BY day DESC LIMIT 120)"))};
    QByteArray body;
    for (const Page &part : parts) {
        if (!part)
            return part;
        body += *part;
    }
    return document("Reports", body);
}

} // namespace rollcall::demo
