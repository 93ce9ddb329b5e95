#include "tests/differential/Comparison.h"

#include <QCryptographicHash>
#include <QList>
#include <QMap>
#include <QRegularExpression>

#include <algorithm>

#include "core/http/CookieNames.h"
#include "core/jose/Jws.h"
#include "core/jose/TokenCodec.h"
#include "tests/differential/Engine.h"
#include "tests/differential/SigningKeys.h"

namespace rollcall::differential {

namespace {

/// A Set-Cookie line in parts.
struct Line
{
    QByteArray name;
    QByteArray value;
    QByteArray attributes;
};

Line lineOf(const JsonValue &json)
{
    const QByteArray whole = json.string() ? json.string()->toUtf8() : QByteArray();
    const qsizetype equals = whole.indexOf('=');
    const qsizetype end = whole.indexOf(';');
    return {whole.first(std::max<qsizetype>(equals, 0)), whole.mid(equals + 1, end < 0 ? -1 : end - equals - 1),
            end < 0 ? QByteArray() : whole.sliced(end)};
}

/// The session cookie among @p lines: the deployment's own name, or the default one with or without prefix.
QByteArray sessionNameOf(const JsonValue &request, const std::vector<Line> &lines)
{
    const QByteArray own = textOf(request, u"cookieName").toUtf8();
    if (!own.isEmpty())
        return own;
    const auto name = [&request](bool secure) {
        return http::defaultCookieName(versionOf(request), http::CookiePurpose::Session, secure);
    };
    const bool secure =
        std::ranges::any_of(lines, [&name](const Line &line) { return line.name.startsWith(name(true)); });
    return name(secure);
}

/// A csrf value is right when its hash fits the secrets; which one it is, is chance.
QByteArray shownCsrf(const JsonValue &request, const QByteArray &value)
{
    QByteArrayList secrets;
    for (const base::SecretBytes &secret : secretsInForce(request))
        secrets << secret.view().toByteArray();
    const QByteArray random = value.first(std::min<qsizetype>(64, value.size()));
    const QByteArray hash =
        QCryptographicHash::hash(QByteArray(random + secrets.join(',')), QCryptographicHash::Sha256).toHex();
    return value == random + "%7C" + hash ? QByteArray("(a right csrf value)") : value;
}

/// Claims without jti, which is chance.
QString shownClaims(const jose::Claims &claims)
{
    const JsonValue value = claims.value();
    JsonValue::Object rest;
    for (const JsonValue::Member &member : *value.object()) {
        if (member.name != u"jti")
            rest.push_back(member);
    }
    return QString::fromUtf8(jose::printJson(JsonValue(std::move(rest))));
}

/// What the token of a renewed session cookie says. Ours are kept, for the packages to open them.
QString shownToken(const JsonValue &request, const QByteArray &token, const QByteArray &salt, Comparison *ours)
{
    const auto secrets = secretsInForce(request);
    const auto algorithm = signingAlgorithm(textOf(request, u"codec"));
    jose::OpenedToken opened;
    if (!algorithm) {
        opened = jose::openToken(jose::KeyRing(versionOf(request), secrets, salt), token, nowOf(request));
    } else if (const auto keys = signingKeysOf(*algorithm, secrets)) {
        opened = jose::openSigned(*keys, token, nowOf(request));
    }
    if (!opened.ok) {
        // v4 issues tokens that it refuses itself: an infinite nbf becomes null. Those are compared by length and kind.
        const bool isSealed = token.count('.') == (algorithm ? 2 : 4);
        return isSealed ? jose::kindName(opened.failure) : QString::fromUtf8(token);
    }
    if (ours) {
        JsonValue question = object({{"kind", text(algorithm ? QStringLiteral("verify") : QStringLiteral("decode"))},
                                     {"version", *request.find(u"version")},
                                     {"now", *request.find(u"now")},
                                     {"token", bytes(token)},
                                     {"salt", bytes(salt)}});
        JsonValue::Array texts;
        for (const base::SecretBytes &secret : secrets)
            texts.push_back(text(QString::fromUtf8(secret.view())));
        question.set(QStringLiteral("secrets"), list(std::move(texts)));
        if (algorithm)
            question.set(QStringLiteral("algorithm"), text(jose::algorithmName(*algorithm)));
        if (const JsonValue *keys = request.find(u"keys"))
            question.set(QStringLiteral("keys"), *keys);
        ours->sealed.emplace_back(std::move(question), QString::fromUtf8(opened.claims.text()));
    }
    return shownClaims(opened.claims);
}

/// Set-Cookie lines with what is random in them replaced by what it means.
JsonValue shownCookies(const JsonValue &request, const JsonValue &lines, Comparison *ours)
{
    std::vector<Line> parsed;
    for (const JsonValue &json : lines.array() ? *lines.array() : JsonValue::Array())
        parsed.push_back(lineOf(json));
    const QByteArray sessionName = sessionNameOf(request, parsed);
    const bool isV4 = versionOf(request) == session::AuthVersion::V4;
    QMap<int, QByteArray> chunks; // by number: the lines stand where the old cookies stood
    JsonValue::Array shown;
    for (Line &line : parsed) {
        const bool isSession = line.name == sessionName || line.name.startsWith(QByteArray(sessionName + '.'));
        if (isSession && !line.attributes.startsWith("; Max-Age=0")) {
            chunks[line.name.sliced(line.name.lastIndexOf('.') + 1).toInt()] = line.value;
            line.value = "(" + QByteArray::number(line.value.size()) + " characters)";
        } else if (line.name.endsWith(isV4 ? "next-auth.csrf-token" : "authjs.csrf-token")) {
            line.value = shownCsrf(request, line.value);
        }
        shown.push_back(text(QString::fromUtf8(line.name + '=' + line.value + line.attributes)));
    }
    const QByteArray token = chunks.values().join();
    if (!token.isEmpty())
        shown.push_back(text(shownToken(request, token, isV4 ? QByteArray() : sessionName, ours)));
    return list(std::move(shown));
}

JsonValue shownAnswer(const JsonValue &request, JsonValue answer, Comparison *ours)
{
    for (const QStringView part : {u"endpoint", u"helper", u"token", u"decision"}) {
        const JsonValue *found = answer.find(part);
        if (!found)
            continue;
        JsonValue shown = *found;
        if (const JsonValue *lines = shown.find(u"setCookies"))
            shown.set(QStringLiteral("setCookies"), shownCookies(request, *lines, ours));
        // That both throw is compared; how they put it, and what they had set by then, is not.
        if (shown.find(u"throws"))
            shown = object({{"throws", JsonValue(true)}});
        answer.set(part.toString(), std::move(shown));
    }
    if (const JsonValue *cookies = answer.find(u"cookies")) {
        // A map: its order is compared where it matters, in the tokens that are assembled from it.
        JsonValue::Array pairs = *cookies->array();
        std::ranges::sort(pairs, {}, [](const JsonValue &pair) { return jose::printJson(pair); });
        answer.set(QStringLiteral("cookies"), list(std::move(pairs)));
    }
    return answer;
}

} // namespace

namespace {

/// Appends the names of members, two levels deep, in which the answers differ.
void findDifferences(const JsonValue &theirs, const JsonValue &ours, const QString &name, int depth, QStringList &where)
{
    if (jose::printJson(theirs) == jose::printJson(ours))
        return;
    if (depth == 0 || !theirs.object() || !ours.object()) {
        where << name;
        return;
    }
    const JsonValue none;
    for (const JsonValue &side : {theirs, ours}) {
        for (const JsonValue::Member &member : *side.object()) {
            const JsonValue *left = theirs.find(member.name);
            const JsonValue *right = ours.find(member.name);
            const QString path = name + u'/' + member.name;
            if (!where.contains(path))
                findDifferences(left ? *left : none, right ? *right : none, path, depth - 1, where);
        }
    }
}

} // namespace

Comparison compare(const JsonValue &request, const JsonValue &theirs, const JsonValue &ours)
{
    Comparison result;
    const JsonValue left = shownAnswer(request, theirs, nullptr);
    const JsonValue right = shownAnswer(request, ours, &result);
    result.theirs = jose::printJson(left);
    result.ours = jose::printJson(right);
    findDifferences(left, right, {}, 2, result.where);
    result.where.sort();
    return result;
}

QString outcomeOf(const JsonValue &request, const JsonValue &answer)
{
    const QString kind = textOf(request, u"kind");
    const QString version = textOf(request, u"version");
    if (kind == u"parse")
        return QString(u"parse " + textOf(request, u"dialect"));
    if (kind == u"decode")
        return QString(u"decode " + version + u' ' + textOf(answer, u"kind", QStringLiteral("accepted")));
    if (kind == u"verify")
        return QString(u"verify " + textOf(request, u"algorithm") + u' ' +
                       textOf(answer, u"kind", QStringLiteral("accepted")));
    if (const JsonValue *decision = answer.find(u"decision"))
        return QString(u"middleware " + version + u' ' + textOf(*decision, u"outcome", QStringLiteral("throws")));
    const JsonValue *endpoint = answer.find(u"endpoint");
    const QString body = endpoint ? textOf(*endpoint, u"body") : QString();
    const bool empty = body.isEmpty() || body == u"{}" || body == u"null";
    QString what = empty ? QStringLiteral("no session") : QStringLiteral("a session");
    if (endpoint && numberOf(*endpoint, u"status", 200) != 200)
        what = QStringLiteral("an error");
    if (endpoint && endpoint->find(u"throws"))
        what = QStringLiteral("throws");
    const QString method = textOf(request, u"method", QStringLiteral("GET"));
    return QString(method + u" session " + version + u' ' + textOf(request, u"strategy") + u", " + what);
}

} // namespace rollcall::differential
