#include <QtTest>

#include <QJsonDocument>

#include "core/store/schema/SchemaDetector.h"

using namespace rollcall;
using store::TableInfo;

namespace {

TableInfo table(const char *name, std::initializer_list<const char *> columns, const char *type = "text")
{
    TableInfo info;
    info.schema = QStringLiteral("public");
    info.name = QString::fromUtf8(name);
    for (const char *column : columns)
        info.columns.push_back({QString::fromUtf8(column), QString::fromLatin1(type), true, false});
    return info;
}

void addKey(TableInfo &info, const char *column, bool primary = false)
{
    info.indexes.push_back({QString::fromUtf8(column), true, primary});
}

void addForeignKey(TableInfo &info, const char *column, const char *target)
{
    info.foreignKeys.push_back({QString::fromUtf8(column), info.schema, QString::fromUtf8(target), true});
}

/// Users, accounts and sessions without a single foreign key: the hardest of the real layouts.
std::vector<TableInfo> plainTables()
{
    auto users = table("users", {"id", "name", "email", "emailVerified", "image"});
    addKey(users, "id", true);
    auto accounts = table("accounts", {"id", "userId", "provider", "providerAccountId", "access_token"});
    addKey(accounts, "id", true);
    auto sessions = table("sessions", {"id", "userId", "expires", "sessionToken"});
    addKey(sessions, "id", true);
    return {users, accounts, sessions, table("verification_token", {"identifier", "token", "expires"})};
}

} // namespace

class SchemaDetectorTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anHeirThatSessionsPointAtIsTheUsers()
    {
        auto people = table("people", {"id", "name", "email"});
        addKey(people, "id", true);
        auto users = table("users", {"id", "name", "email"});
        users.parents.emplace_back(people.schema, people.name);
        addKey(users, "id", true);
        auto sessions = table("sessions", {"id", "userId", "expires", "sessionToken"});
        addKey(sessions, "id", true);
        // Without the key whoever is in the heir is listed with its parent, which then is the one to read.
        const auto loose = store::rankSchemas({people, users, sessions}, store::DatabaseKind::PostgreSql);
        QVERIFY(!loose.empty() && loose.front().profile.users);
        QCOMPARE(loose.front().profile.users->table, QStringLiteral("people"));
        addForeignKey(sessions, "userId", "users");
        const auto ranked = store::rankSchemas({people, users, sessions}, store::DatabaseKind::PostgreSql);
        QVERIFY(store::isSure(ranked));
        QVERIFY(ranked.front().profile.users);
        QCOMPARE(ranked.front().profile.users->table, QStringLiteral("users"));
    }

    void isSureOfPlainTables()
    {
        const auto ranked = store::rankSchemas(plainTables(), store::DatabaseKind::PostgreSql);
        QVERIFY(store::isSure(ranked));
        const auto &profile = ranked.front().profile;
        QCOMPARE(profile.sessions.table, QStringLiteral("sessions"));
        QCOMPARE(profile.sessions.id, QStringLiteral("id"));
        QCOMPARE(profile.users->email, QStringLiteral("email"));
        QCOMPARE(profile.accounts->provider, QStringLiteral("provider"));
        QCOMPARE(profile.adapter, QStringLiteral("pg"));
    }

    void isNotMisledByDecoys()
    {
        auto tables = plainTables();
        auto resets = table("password_resets", {"id", "userId", "token", "expiresAt"});
        addKey(resets, "token");
        auto invites = table("invitations", {"id", "email", "token", "userId", "expires"});
        addKey(invites, "id", true);
        tables.insert(tables.begin(), {resets, invites, table("newsletter_log", {"id", "email", "name"})});
        const auto ranked = store::rankSchemas(tables, store::DatabaseKind::PostgreSql);
        QVERIFY(store::isSure(ranked));
        QCOMPARE(ranked.front().profile.sessions.table, QStringLiteral("sessions"));
        QCOMPARE(ranked.front().profile.users->table, QStringLiteral("users"));
    }

    /// Tables of other tokens, better held together by keys than the sessions are.
    static std::vector<TableInfo> decoys()
    {
        std::vector<TableInfo> tables;
        for (const char *name :
             {"password_reset_tokens", "email_verification_tokens", "personal_access_tokens", "refresh_tokens",
              "api_keys", "share_links", "magic_links", "api_tokens", "device_tokens", "wishlists"}) {
            auto decoy = table(name, {"id", "user_id", "token", "expires_at"});
            // Who keeps where a token was used from does not call it a session by that,
            if (decoy.name != QStringLiteral("api_tokens"))
                decoy.columns.push_back({QStringLiteral("ip_address"), QStringLiteral("text"), false, false});
            if (decoy.name != QStringLiteral("device_tokens"))
                decoy.columns.push_back({QStringLiteral("user_agent"), QStringLiteral("text"), false, false});
            // nor who keeps in which session something was made.
            if (decoy.name == QStringLiteral("wishlists"))
                decoy.columns[2].name = QStringLiteral("session_id");
            addKey(decoy, "id", true);
            addKey(decoy, qPrintable(decoy.columns[2].name));
            addForeignKey(decoy, "user_id", "users");
            tables.push_back(decoy);
        }
        return tables;
    }

    void decoysWithKeysDoNotOutweighSessionsWithout()
    {
        auto tables = decoys();
        for (const TableInfo &one : plainTables())
            tables.push_back(one);
        const auto ranked = store::rankSchemas(tables, store::DatabaseKind::PostgreSql);
        QVERIFY(store::isSure(ranked));
        QCOMPARE(ranked.front().profile.sessions.table, QStringLiteral("sessions"));
    }

    void isNeverSureOfTokensThatNothingCallsSessions()
    {
        // Users and accounts, as the JWT strategy leaves them, and tokens of other kinds.
        auto tables = plainTables();
        tables.erase(tables.begin() + 2);
        for (const TableInfo &decoy : decoys()) {
            auto together = tables;
            together.push_back(decoy);
            const auto ranked = store::rankSchemas(together, store::DatabaseKind::PostgreSql);
            QCOMPARE(ranked.size(), std::size_t{1}); // offered
            QVERIFY2(!store::isSure(ranked), qPrintable(decoy.name));
            QVERIFY2(store::isGuess(ranked.front().profile), qPrintable(decoy.name));
        }
    }

    void anApplicationMayBeCalledAfterCarts()
    {
        auto users = table("cartoon_user", {"id", "name", "email"});
        addKey(users, "id", true);
        auto sessions = table("cartoon_session", {"sessionToken", "userId", "expires"});
        addKey(sessions, "sessionToken", true);
        addForeignKey(sessions, "userId", "cartoon_user");
        QVERIFY(store::isSure(store::rankSchemas({users, sessions}, store::DatabaseKind::PostgreSql)));
        sessions.foreignKeys.clear();
        QVERIFY(store::isSure(store::rankSchemas({users, sessions}, store::DatabaseKind::PostgreSql)));
        users.name = QStringLiteral("people");
        addForeignKey(sessions, "userId", "people");
        QVERIFY(!store::isSure(store::rankSchemas({users, sessions}, store::DatabaseKind::PostgreSql)));
    }

    void whatBeginsAlikeDoesNotMakeItTheApplicationsName_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("beside"); // keeps e-mails
        QTest::addColumn<QString>("target"); // of the user's key; none where empty
        QTest::newRow("an invitation") << QStringLiteral("invite") << QStringLiteral("invitee")
                                       << QStringLiteral("users");
        QTest::newRow("of a user's") << QStringLiteral("invite") << QStringLiteral("invite_user")
                                     << QStringLiteral("invite_user");
        QTest::newRow("a shop") << QStringLiteral("checkout_sessions") << QStringLiteral("checkouts")
                                << QStringLiteral("users");
        QTest::newRow("a shop without keys")
            << QStringLiteral("checkout_sessions") << QStringLiteral("checkouts") << QString();
        QTest::newRow("pointed at") << QStringLiteral("order_session") << QStringLiteral("orders")
                                    << QStringLiteral("orders");
        QTest::newRow("users elsewhere") << QStringLiteral("order_session") << QStringLiteral("order_members")
                                         << QStringLiteral("users");
        QTest::newRow("a user's carts") << QStringLiteral("user_cart_sessions") << QStringLiteral("user_carts")
                                        << QString();
    }
    void whatBeginsAlikeDoesNotMakeItTheApplicationsName()
    {
        QFETCH(QString, name);
        QFETCH(QString, beside);
        QFETCH(QString, target);
        auto tables = plainTables();
        tables.erase(tables.begin() + 2);
        auto people = table(qPrintable(beside), {"id", "email"});
        addKey(people, "id", true);
        auto tokens = table(qPrintable(name), {"id", "user_id", "token", "expires_at"});
        addKey(tokens, "id", true);
        addKey(tokens, "token");
        if (!target.isEmpty())
            addForeignKey(tokens, "user_id", qPrintable(target));
        tables.insert(tables.end(), {people, tokens});
        const auto ranked = store::rankSchemas(tables, store::DatabaseKind::PostgreSql);
        QCOMPARE(ranked.size(), std::size_t{1});
        QCOMPARE(ranked.front().profile.sessions.table, name);
        QVERIFY(!store::isSure(ranked));
        QVERIFY(store::isGuess(ranked.front().profile));
    }

    void knowsTheUserByItsKey()
    {
        auto people = table("person", {"person_no", "full_name", "email_address"}, "uuid");
        addKey(people, "person_no", true);
        auto identities = table("person_identity", {"id", "whose", "provider", "provider_account_id"}, "uuid");
        addForeignKey(identities, "whose", "person");
        auto sessions = table("person_session", {"session_token", "whose", "expires"}, "uuid");
        addKey(sessions, "session_token", true);
        addForeignKey(sessions, "whose", "person");
        const auto ranked = store::rankSchemas({people, identities, sessions}, store::DatabaseKind::PostgreSql);
        QVERIFY(store::isSure(ranked));
        const auto &profile = ranked.front().profile;
        QCOMPARE(profile.sessions.userId, QStringLiteral("whose"));
        QCOMPARE(profile.users->id, QStringLiteral("person_no"));
        QCOMPARE(profile.accounts->userId, QStringLiteral("whose"));
        // Two keys to people: who signed in is for somebody to say.
        addForeignKey(sessions, "expires", "person");
        QVERIFY(!store::isSure(store::rankSchemas({people, identities, sessions}, store::DatabaseKind::PostgreSql)));
    }

    void aTableOfSessionsWithoutAnyKeyIsOne()
    {
        // Partitioned by the expiry, with neither accounts nor a unique token.
        auto users = table("users", {"id", "name", "email"});
        addKey(users, "id", true);
        addKey(users, "email");
        const auto ranked = store::rankSchemas({users, table("sessions", {"id", "sessionToken", "userId", "expires"})},
                                               store::DatabaseKind::PostgreSql);
        QVERIFY(store::isSure(ranked));
    }

    void theForeignKeyDecidesWhoTheUsersAre()
    {
        auto tables = plainTables();
        auto members = table("app_people", {"id", "email"});
        addKey(members, "id", true);
        tables.push_back(members);
        addForeignKey(tables[2], "userId", "app_people");
        const auto ranked = store::rankSchemas(tables, store::DatabaseKind::PostgreSql);
        QCOMPARE(ranked.front().profile.users->table, QStringLiteral("app_people"));
    }

    void asksWhereTwoTablesFitAlike()
    {
        auto tables = plainTables();
        auto twin = tables[2];
        twin.schema = QStringLiteral("eu");
        tables.push_back(twin);
        const auto ranked = store::rankSchemas(tables, store::DatabaseKind::PostgreSql);
        QVERIFY(!store::isSure(ranked));
        QCOMPARE(ranked.size(), std::size_t{2});
    }

    void whatWasPutAsideIsNotTaken()
    {
        auto tables = plainTables();
        auto aside = tables[2];
        aside.name = QStringLiteral("Sessions_old_2024");
        addForeignKey(aside, "userId", "users");
        tables.push_back(aside);
        const auto ranked = store::rankSchemas(tables, store::DatabaseKind::PostgreSql);
        QVERIFY(store::isSure(ranked));
        QCOMPARE(ranked.front().profile.sessions.table, QStringLiteral("sessions"));
        tables.erase(tables.begin() + 2);
        QVERIFY(!store::isSure(store::rankSchemas(tables, store::DatabaseKind::PostgreSql)));
    }

    void offersWhatItDoesNotKnowByName_data()
    {
        QTest::addColumn<int>("column"); // 1 userId, 2 expires, 3 sessionToken
        QTest::addColumn<QString>("name");
        QTest::newRow("token") << 3 << QStringLiteral("auth_token");
        QTest::newRow("expiry") << 2 << QStringLiteral("expires_on");
        QTest::newRow("user") << 1 << QStringLiteral("user_fk");
        QTest::newRow("user, said by the type alone") << 1 << QStringLiteral("whose");
    }
    void offersWhatItDoesNotKnowByName()
    {
        QFETCH(int, column);
        QFETCH(QString, name);
        auto tables = plainTables();
        tables[2].columns[static_cast<std::size_t>(column)].name = name;
        addKey(tables[2], "auth_token");
        if (column != 1) // a key would say that it is the user's
            addForeignKey(tables[2], "userId", "users");
        const auto ranked = store::rankSchemas(tables, store::DatabaseKind::PostgreSql);
        QCOMPARE(ranked.size(), std::size_t{1});
        QVERIFY(!store::isSure(ranked));
        QVERIFY(store::isGuess(ranked.front().profile)); // which alone never says that sessions are rows
        QCOMPARE(store::recognised({ranked.front().profile}), qint64{0});
        const auto &sessions = ranked.front().profile.sessions;
        QVERIFY((QStringList{sessions.token, sessions.userId, sessions.expires}).contains(name));
        // Beside a table that is known it raises no doubt.
        const auto known = plainTables()[2];
        tables[2].name = QStringLiteral("session_log");
        tables.push_back(known);
        QVERIFY(store::isSure(store::rankSchemas(tables, store::DatabaseKind::PostgreSql)));
    }

    void whatServersKeepOfVisitsIsNotOffered()
    {
        // express-session's stores: what a session holds is in one column, its user among it.
        for (const char *data : {"data", "session_data", "payload"}) {
            auto tables = plainTables();
            tables[2] = table("sessions", {"session_id", "expires", data, "ip", "created_at"});
            addKey(tables[2], "session_id", true);
            QVERIFY2(store::rankSchemas(tables, store::DatabaseKind::PostgreSql).empty(), data);
        }
        // Nothing that can hold an id of theirs.
        auto tables = plainTables();
        tables[2] = table("sessions", {"session_token", "expires", "whose"}, "integer");
        QVERIFY(store::rankSchemas(tables, store::DatabaseKind::PostgreSql).empty());
    }

    void knowsWhatBetterAuthsPluginsAdd()
    {
        auto users = table("user", {"id", "name", "email", "emailVerified", "image"});
        users.columns[3].type = QStringLiteral("boolean");
        addKey(users, "id", true);
        auto sessions = table(
            "session", {"id", "user_id", "expires_at", "session_token", "impersonated_by", "active_organization_id"});
        addKey(sessions, "id", true);
        addForeignKey(sessions, "user_id", "user");
        const auto ranked = store::rankSchemas({users, sessions}, store::DatabaseKind::PostgreSql);
        const auto &profile = ranked.front().profile;
        QCOMPARE(profile.adapter, QStringLiteral("better-auth"));
        QCOMPARE(profile.sessions.impersonatedBy, QStringLiteral("impersonated_by"));
        QCOMPARE(profile.sessions.organization, QStringLiteral("active_organization_id"));
        // A map says them too; one without them is fine.
        const auto again = store::SchemaProfile::fromJson(profile.toJson(), QStringLiteral("a map"));
        QVERIFY(again.has_value());
        QCOMPARE(again->sessions.impersonatedBy, profile.sessions.impersonatedBy);
        QCOMPARE(again->sessions.organization, profile.sessions.organization);
    }

    void findsNothingWhereNothingIs()
    {
        const auto ranked =
            store::rankSchemas({table("orders", {"id", "customer_id", "total"})}, store::DatabaseKind::PostgreSql);
        QVERIFY(ranked.empty());
        QVERIFY(!store::isSure(ranked));
    }

    void neverTakesAnAccessTokenForTheSessionToken()
    {
        auto tables = plainTables();
        tables[2] = table("sessions", {"id", "user_id", "expires", "access_token", "session_token"});
        addKey(tables[2], "id", true);
        const auto ranked = store::rankSchemas(tables, store::DatabaseKind::PostgreSql);
        QCOMPARE(ranked.front().profile.sessions.token, QStringLiteral("session_token"));
        QCOMPARE(ranked.front().profile.adapter, QStringLiteral("next-auth-v3"));
    }

    void theAnswerIsWhatMapTakes()
    {
        auto ranked = store::rankSchemas(plainTables(), store::DatabaseKind::PostgreSql);
        auto &profile = ranked.front().profile;
        profile.sessions.encoding = store::ExpiresEncoding::TextEpochMilliseconds;
        profile.warnings << QStringLiteral("a warning");
        const auto again = store::SchemaProfile::fromJson(profile.toJson(), QStringLiteral("map.json"));
        QVERIFY(again.has_value());
        QCOMPARE(again->toJson(), profile.toJson());
    }

    void aMapOfKeysNeedsOnlyItsPatterns()
    {
        const QByteArray json = R"({"sessions":{"keyPattern":"app:user:session:*"},)"
                                R"("users":{"keyPattern":"app:user:*"},"accounts":null})";
        const auto profile =
            store::SchemaProfile::fromJson(QJsonDocument::fromJson(json).object(), QStringLiteral("map.json"));
        QVERIFY(profile.has_value() && profile->keys.has_value());
        QCOMPARE(profile->sessions.table, QStringLiteral("app:user:session:*"));
        QCOMPARE(profile->keys->sessionsOfUser, QStringLiteral("app:user:session:by-user-id:*"));
        QCOMPARE(profile->keys->usersByEmail, QStringLiteral("app:user:email:*"));
        QVERIFY(profile->users && !profile->accounts);
        const auto again = store::SchemaProfile::fromJson(profile->toJson(), QStringLiteral("map.json"));
        QVERIFY(again.has_value());
        QCOMPARE(again->toJson(), profile->toJson());
    }

    void refusesABrokenMap_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << QByteArray("{}");
        QTest::newRow("null") << QByteArray(R"({"sessions":null})");
        QTest::newRow("no columns") << QByteArray(R"({"sessions":{"table":"s","expiresEncoding":"iso"}})");
        QTest::newRow("no token") << QByteArray(
            R"({"sessions":{"table":"s","columns":{"userId":"u","expires":"e"},"expiresEncoding":"iso"}})");
        QTest::newRow("encoding") << QByteArray(
            R"({"sessions":{"table":"s","columns":{"token":"t","userId":"u","expires":"e"},"expiresEncoding":"?"}})");
        QTest::newRow("number") << QByteArray(
            R"({"sessions":{"table":7,"columns":{"token":"t","userId":"u","expires":"e"},"expiresEncoding":"iso"}})");
        QTest::newRow("no pattern") << QByteArray(R"({"sessions":{"keyPattern":"user:session:"}})");
        QTest::newRow("a pattern of more") << QByteArray(R"({"sessions":{"keyPattern":"user:*:session:*"}})");
        QTest::newRow("a pattern of none") << QByteArray(R"({"sessions":{"keyPattern":7}})");
        QTest::newRow("layout") << QByteArray(R"({"sessions":{"keyPattern":"s:*","layout":"other"}})");
        QTest::newRow("users' keys") << QByteArray(R"({"sessions":{"keyPattern":"s:*"},"users":{"table":"u"}})");
        QTest::newRow("users") << QByteArray(
            R"({"sessions":{"table":"s","columns":{"token":"t","userId":"u","expires":"e"},"expiresEncoding":"iso"},"users":"u"})");
    }

    void refusesABrokenMap()
    {
        QFETCH(QByteArray, json);
        const auto profile =
            store::SchemaProfile::fromJson(QJsonDocument::fromJson(json).object(), QStringLiteral("map.json"));
        QVERIFY(!profile);
        QCOMPARE(profile.error().code, base::ErrorCode::FileFormatInvalid);
        QVERIFY(!profile.error().param(base::ErrorParam::Detail).isEmpty());
    }
};

QTEST_GUILESS_MAIN(SchemaDetectorTest)
#include "tst_SchemaDetector.moc"
