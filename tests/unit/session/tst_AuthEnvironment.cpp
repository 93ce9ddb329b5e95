#include <QtTest>

#include "core/session/AuthEnvironment.h"

using namespace rollcall;
using namespace rollcall::session;

namespace {

using Variables = QMap<QByteArray, QByteArray>;

Environment environmentOf(const Variables &variables)
{
    Environment environment;
    for (auto it = variables.begin(); it != variables.end(); ++it)
        environment.insert_or_assign(it.key(), base::SecretBytes(it.value()));
    return environment;
}

QList<QByteArray> textsOf(const std::vector<base::SecretBytes> &secrets)
{
    QList<QByteArray> texts;
    for (const base::SecretBytes &secret : secrets)
        texts << secret.view().toByteArray();
    return texts;
}

std::vector<base::SecretBytes> secretsOf(const QList<QByteArray> &texts)
{
    std::vector<base::SecretBytes> secrets;
    for (const QByteArray &text : texts)
        secrets.emplace_back(text);
    return secrets;
}

} // namespace

/// Beyond env.json: empty values, options above the environment. Expectations: facts/session-protocol.md §6, and the
/// packages' own source named in AuthEnvironment.h.
class AuthEnvironmentTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emptyCountsAsSet()
    {
        // AUTH_TRUST_HOST="" hides VERCEL.
        QVERIFY(!nextAuthDefaults(environmentOf({{"AUTH_TRUST_HOST", ""}, {"VERCEL", "1"}}), {}).trustHost);
        // AUTH_SECRET="" hides NEXTAUTH_SECRET; the core then goes on to the numbered ones.
        const auto hidden = environmentOf({{"AUTH_SECRET", ""}, {"NEXTAUTH_SECRET", "n"}, {"AUTH_SECRET_2", "s2"}});
        QCOMPARE(textsOf(nextAuthDefaults(hidden, {}).secrets), QList<QByteArray>{"s2"});
        // v4: an empty NEXTAUTH_SECRET is a secret that is set.
        const auto empty = secretV4(environmentOf({{"NEXTAUTH_SECRET", ""}, {"AUTH_SECRET", "a"}}), {});
        QVERIFY(empty && empty->isEmpty());
        // v4: an empty NEXTAUTH_URL does not hide VERCEL from the endpoint, but from getToken, and cannot be parsed.
        const auto url = environmentOf({{"NEXTAUTH_URL", ""}, {"VERCEL", "1"}});
        QVERIFY(!getTokenIsSecure(url));
        QCOMPARE(detectOrigin(url, {.host = "h", .forwardedHost = {}, .forwardedProto = {}}), QByteArray("https://h"));
        QCOMPARE(detectOrigin(environmentOf({{"NEXTAUTH_URL", ""}}), {}), QByteArray(""));
        QCOMPARE(parseBaseUrl(QByteArray("")).error().code, base::ErrorCode::UrlInvalid);
        // v4: an empty VERCEL hides AUTH_TRUST_HOST.
        QCOMPARE(detectOrigin(environmentOf({{"VERCEL", ""}, {"AUTH_TRUST_HOST", "1"}}), {}), std::nullopt);
        // v5: an empty AUTH_URL hides NEXTAUTH_URL, and is then none.
        const auto none = environmentOf({{"AUTH_URL", ""}, {"NEXTAUTH_URL", "https://x"}});
        QCOMPARE(environmentOrigin(none).value(), std::nullopt);
        QVERIFY(!nextAuthDefaults(none, {}).trustHost);
    }

    void optionsStandAbove()
    {
        const auto environment =
            environmentOf({{"AUTH_URL", "https://h/env"}, {"AUTH_SECRET", "e"}, {"AUTH_SECRET_1", "e1"}});
        AuthOptions options;
        options.basePath = "/own";
        options.trustHost = false;
        options.secrets = secretsOf({"new", "old"});
        const auto config = nextAuthDefaults(environment, options);
        QCOMPARE(config.basePath, QByteArray("/own"));
        QVERIFY(!config.trustHost);
        QCOMPARE(textsOf(config.secrets), (QList<QByteArray>{"new", "old"}));
        QCOMPARE(secretV4(environment, options)->view().toByteArray(), QByteArray("new"));
        // The path of the environment's address gives way to the option's.
        QCOMPARE(actionUrl("session", environment, {}, config.basePath)->href(), QByteArray("https://h/own/session"));
        // An empty list is no secret: the core looks for its own, AUTH_SECRET among them.
        options.secrets = secretsOf({});
        QCOMPARE(textsOf(nextAuthDefaults(environment, options).secrets), (QList<QByteArray>{"e1", "e"}));
        // An empty base path is passed over by next-auth; by the core where there is no address to take one from.
        options.basePath = "";
        QCOMPARE(nextAuthDefaults(environment, options).basePath, QByteArray("/env"));
        QCOMPARE(coreDefaults(environment, options).basePath, QByteArray("/env"));
        QCOMPARE(coreDefaults({}, options).basePath, QByteArray(""));
        QCOMPARE(coreDefaults({}, {}).basePath, QByteArray("/auth"));
    }

    void addressesAsTheyAre()
    {
        // A colon behind the forwarded scheme is taken; an empty scheme and a missing host are what they are.
        const auto url = [](std::optional<QByteArray> host, std::optional<QByteArray> proto) {
            const auto result = actionUrl("session", {}, {std::move(host), {}, std::move(proto)}, "/api/auth");
            return result ? result->href() : QByteArray("Invalid URL");
        };
        QCOMPARE(url("h", "http:"), QByteArray("http://h/api/auth/session"));
        QCOMPARE(url("h", ""), QByteArray("Invalid URL"));
        QCOMPARE(url({}, {}), QByteArray("https://null/api/auth/session"));
        QCOMPARE(detectOrigin(environmentOf({{"VERCEL", "1"}}), {}), QByteArray("https://undefined"));
        // "localhost:3000" is an address with the scheme "localhost:".
        const auto bare = environmentOf({{"AUTH_URL", "localhost:3000"}});
        QCOMPARE(nextAuthDefaults(bare, {}).basePath, QByteArray("3000"));
        QCOMPARE(actionUrl("session", bare, {}, "3000")->href(), QByteArray("localhost:3000/3000/session"));
        QCOMPARE(environmentOrigin(bare).value(), QByteArray("null"));
        QVERIFY(!environmentOrigin(environmentOf({{"AUTH_URL", "not a url"}})).has_value());
        QCOMPARE(parseBaseUrl(QByteArray("localhost:3000"))->base, QByteArray("https://localhost:3000/api/auth"));
        QCOMPARE(actionUrl("session", {}, {.host = "h", .forwardedHost = {}, .forwardedProto = {}}, "/")->href(),
                 QByteArray("https://h//session"));
    }

    void betterAuthsSecrets()
    {
        const auto texts = [](const Variables &variables, const AuthOptions &options = {}) {
            return textsOf(betterAuthSecrets(environmentOf(variables), options).value());
        };
        QCOMPARE(texts({}), QByteArrayList());
        QCOMPARE(texts({{"AUTH_SECRET", "auth"}}), QByteArrayList{"auth"});
        Variables all{{"AUTH_SECRET", "auth"}, {"BETTER_AUTH_SECRET", "better"}};
        QCOMPARE(texts(all), QByteArrayList{"better"});
        all["BETTER_AUTH_SECRETS"] = " 2:new , 1:a:b ";
        QCOMPARE(texts(all), (QByteArrayList{"new", "a:b", "better"}));
        all["BETTER_AUTH_SECRET"] = "";
        QCOMPARE(texts(all), (QByteArrayList{"new", "a:b", "auth"}));
        all["AUTH_SECRET"] = "new";
        QCOMPARE(texts(all), (QByteArrayList{"new", "a:b"}));
        AuthOptions options;
        options.secrets = secretsOf({"option"});
        QCOMPARE(texts(all, options), (QByteArrayList{"option", "new"}));
        for (const char *bad : {"x", "1:", "a:b", "1:x,1:y", "1:x,"}) {
            const auto refused = betterAuthSecrets(environmentOf({{"BETTER_AUTH_SECRETS", bad}}), {});
            QVERIFY2(!refused && refused.error().code == base::ErrorCode::UsageInvalid, bad);
        }
    }

    void strategies()
    {
        QCOMPARE(strategyInForce({}, true), Strategy::Database);
        QCOMPARE(strategyInForce({}, false), Strategy::Jwt);
        QCOMPARE(strategyInForce(Strategy::Jwt, true), Strategy::Jwt);
    }
};

QTEST_GUILESS_MAIN(AuthEnvironmentTest)
#include "tst_AuthEnvironment.moc"
