#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/ctl/Commands.h"
#include "app/ctl/InputFile.h"
#include "app/ctl/PersonalMask.h"
#include "core/engine/NullDiagnosis.h"
#include "core/http/CookieNames.h"
#include "core/jose/TokenCodec.h"

namespace rollcall::ctl {

namespace {

/// One token to open, and all that decides how.
struct Question
{
    base::SecretBytes token;
    std::optional<std::vector<base::SecretBytes>> secrets; ///< nullopt: those of the flags
    std::optional<session::AuthVersion> version;           ///< nullopt: by the token's own header
    std::optional<QByteArray> salt;                        ///< nullopt: the version's default
    base::Instant now;
};

/// next-auth 4 seals with A256GCM, @auth/core with A256CBC-HS512. **Source:** facts/session-protocol.md §3.
session::AuthVersion versionOf(QByteArrayView token)
{
    const QByteArray header = QByteArray::fromBase64(
        token.first(std::max<qsizetype>(token.indexOf('.'), 0)).toByteArray(), QByteArray::Base64UrlEncoding);
    return header.contains("A256GCM") ? session::AuthVersion::V4 : session::AuthVersion::V5;
}

/// The salts to try where none is given: v5's is the cookie name, with and without the prefix of https deployments.
std::vector<QByteArray> saltsFor(session::AuthVersion version)
{
    if (version == session::AuthVersion::V4)
        return {QByteArray()};
    std::vector<QByteArray> salts;
    for (const bool secure : {false, true})
        salts.push_back(http::defaultCookieName(version, http::CookiePurpose::Session, secure));
    return salts;
}

/// What a token gave; where it was refused, its detail is for people.
jose::OpenedToken decode(const Question &question, const workspace::ConnectionSecrets &known)
{
    session::AuthProfile profile;
    profile.strategy = session::Strategy::Jwt;
    profile.version = question.version.value_or(versionOf(question.token.view()));
    if (question.secrets) {
        for (const base::SecretBytes &secret : *question.secrets)
            profile.secrets.push_back(secret.clone());
    } else {
        profile.secrets = known.secretsFor(profile.version);
    }
    const std::vector<QByteArray> salts = question.salt ? std::vector{*question.salt} : saltsFor(profile.version);
    std::optional<jose::OpenedToken> first;
    for (const QByteArray &salt : salts) {
        profile.cookieName = salt;
        const jose::KeyRing ring(profile.version, profile.secrets, salt);
        jose::OpenedToken opened = jose::openToken(ring, question.token.view(), question.now);
        if (opened.ok)
            return opened;
        if (first)
            continue;
        // No base64url text has an equals sign.
        opened.detail = question.token.view().contains('=')
                            ? QStringLiteral("a whole cookie was given: give its value alone, without its name")
                            : engine::whyNotDecoded(profile, ring, opened, question.token.view()).evidence;
        first = std::move(opened);
    }
    return std::move(*first);
}

void describe(const jose::OpenedToken &opened, const PersonalMask &mask, JsonRecord &answer)
{
    answer.add(QStringLiteral("ok"), opened.ok);
    if (opened.ok) {
        answer.addRaw(QStringLiteral("header"), opened.headerJson)
            .addRaw(QStringLiteral("claims"), mask.shownJson(opened.claims.text().toByteArray()));
        return;
    }
    answer.add(QStringLiteral("error"), jose::kindName(opened.failure)).add(QStringLiteral("detail"), opened.detail);
}

/// Reads one line of a batch over the defaults of the flags; what is wrong with it, else an empty text.
QString readLine(const QJsonObject &line, Question &question)
{
    const QJsonValue token = line.value(QStringLiteral("token"));
    if (!token.isString())
        return QStringLiteral("\"token\" must be a string");
    question.token = base::SecretBytes(token.toString().toUtf8());
    const QJsonValue secrets = line.value(QStringLiteral("secrets"));
    if (secrets.isArray()) {
        question.secrets.emplace();
        const QJsonArray array = secrets.toArray();
        for (const QJsonValue secret : array)
            question.secrets->emplace_back(secret.toString().toUtf8());
    } else if (!secrets.isUndefined()) {
        return QStringLiteral("\"secrets\" must be a list");
    }
    if (const QJsonValue salt = line.value(QStringLiteral("salt")); salt.isString())
        question.salt = salt.toString().toUtf8();
    if (const QJsonValue version = line.value(QStringLiteral("version")); !version.isUndefined()) {
        if (version.toString() != QStringLiteral("v4") && version.toString() != QStringLiteral("v5"))
            return QStringLiteral("\"version\" must be v4 or v5");
        question.version =
            version.toString() == QStringLiteral("v4") ? session::AuthVersion::V4 : session::AuthVersion::V5;
    }
    if (const QJsonValue now = line.value(QStringLiteral("now")); now.isDouble())
        question.now = base::Instant(std::chrono::milliseconds(static_cast<qint64>(now.toDouble() * 1'000)));
    return {};
}

/// What the flags say, for a token that says nothing else.
Question questionOf(const deployment::ConnectionConfig &config, base::Instant now)
{
    Question question;
    question.version = config.profile.version;
    if (!config.profile.cookieName.isEmpty() && question.version != session::AuthVersion::V4)
        question.salt = config.profile.cookieName.toUtf8();
    question.now = now;
    return question;
}

class TokenDecodeCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("batch"),
             {},
             QStringLiteral(
                 "read NDJSON {\"id\",\"token\",\"secrets\",\"salt\",\"version\",\"now\"}, answer a line each")}};
        const std::vector<Flag> reveal = revealPersonalFlags(true);
        flags.insert(flags.end(), reveal.begin(), reveal.end());
        return {{QStringLiteral("token"), QStringLiteral("decode")},
                {},
                false,
                QStringLiteral("open an encrypted session token from standard input with the deployment's secret"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        const auto mask = PersonalMask::from(context, *config);
        if (!mask)
            return Outcome::failed(mask.error());
        return context.arguments().has(QStringLiteral("batch")) ? runBatch(context, *config, *mask)
                                                                : runOne(context, *config, *mask);
    }

private:
    static Outcome runOne(Context &context, const deployment::ConnectionConfig &config, const PersonalMask &mask)
    {
        Question question = questionOf(config, context.clock().now());
        if (config.secrets.authSecrets.empty())
            return Outcome::failed(base::Error(base::ErrorCode::SecretMissing));
        auto text = readInputFile(QStringLiteral("-"), context.stop());
        if (!text)
            return Outcome::failed(text.error());
        while (text->endsWith('\n') || text->endsWith('\r'))
            text->chop(1);
        question.token = base::SecretBytes::fromAndWipe(*text);

        const jose::OpenedToken decoded = decode(question, config.secrets);
        Answer answer;
        describe(decoded, mask, answer.members);
        if (decoded.ok)
            return Outcome::done(std::move(answer));
        return Outcome::no(
            std::move(answer),
            QStringLiteral("The token cannot be opened (%1): %2").arg(jose::kindName(decoded.failure), decoded.detail));
    }

    static Outcome runBatch(Context &context, const deployment::ConnectionConfig &config, const PersonalMask &mask)
    {
        InputLines lines(context.stop());
        for (;;) {
            auto line = lines.next();
            if (!line)
                return Outcome::failed(line.error());
            if (!*line)
                return {};
            const QJsonDocument document = QJsonDocument::fromJson(**line);
            base::wipe(**line);
            const QJsonObject object = document.object();
            JsonRecord answer;
            answer.add(QStringLiteral("id"), object.value(QStringLiteral("id")));
            Question question = questionOf(config, context.clock().now());
            const QString wrong =
                document.isObject() ? readLine(object, question) : QStringLiteral("the line is no JSON object");
            if (wrong.isEmpty()) {
                describe(decode(question, config.secrets), mask, answer);
            } else {
                answer.add(QStringLiteral("ok"), false)
                    .add(QStringLiteral("error"), jose::kindName(jose::DecodeFailure::Other))
                    .add(QStringLiteral("detail"), wrong);
            }
            if (const auto status = context.output().line(answer); !status)
                return Outcome::failed(status.error());
        }
    }
};

} // namespace

std::unique_ptr<const Command> makeTokenDecode()
{
    return std::make_unique<TokenDecodeCommand>();
}

} // namespace rollcall::ctl
