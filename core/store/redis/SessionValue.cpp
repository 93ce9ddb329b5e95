#include "core/store/redis/SessionValue.h"

#include <simdjson.h>

#include <cmath>

#include "core/store/schema/ExpiresCodec.h"

using rollcall::jose::JsonValue;

namespace rollcall::store {

namespace {

constexpr double furthestDate = 8.64e15; ///< milliseconds: what a JavaScript Date can hold

const char *expiresName(KeyLayout::Kind kind)
{
    return kind == KeyLayout::Kind::BetterAuth ? "expiresAt" : "expires";
}

std::optional<base::Instant> fromNumber(double value)
{
    if (!std::isfinite(value) || std::abs(value) > furthestDate)
        return std::nullopt;
    return StoredInstant{StoredInstant::Kind::Finite, static_cast<qint64>(value) * 1000}.instant();
}

std::optional<base::Instant> instantOf(const JsonValue *value, const QTimeZone &zone)
{
    if (value && value->number())
        return fromNumber(*value->number());
    return value && value->string() ? readInstant(value->string()->toUtf8(), zone).instant() : std::nullopt;
}

std::optional<base::Instant> instantOf(const simdjson::dom::element &value, const QTimeZone &zone)
{
    if (std::string_view text; value.get(text) == simdjson::SUCCESS)
        return readInstant(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())), zone).instant();
    if (double number = 0; value.get(number) == simdjson::SUCCESS)
        return fromNumber(number);
    return std::nullopt;
}

/// Ids are strings with every adapter; one of numbers is shown as it would be printed.
std::optional<QString> idText(const JsonValue *value)
{
    if (value && value->string())
        return *value->string();
    return value && value->number() ? std::optional(QString::fromLatin1(jose::printNumber(*value->number())))
                                    : std::nullopt;
}

ColumnRole roleOf(QStringView name, bool ofUser)
{
    static const std::pair<QLatin1StringView, ColumnRole> both[]{
        {QLatin1StringView("id"), ColumnRole::Id},
        {QLatin1StringView("createdAt"), ColumnRole::CreatedAt},
        {QLatin1StringView("updatedAt"), ColumnRole::UpdatedAt},
    };
    static const std::pair<QLatin1StringView, ColumnRole> ofSessions[]{
        {QLatin1StringView("sessionToken"), ColumnRole::Token},
        {QLatin1StringView("token"), ColumnRole::Token},
        {QLatin1StringView("userId"), ColumnRole::UserId},
        {QLatin1StringView("expires"), ColumnRole::Expires},
        {QLatin1StringView("expiresAt"), ColumnRole::Expires},
        {QLatin1StringView("ipAddress"), ColumnRole::IpAddress},
        {QLatin1StringView("userAgent"), ColumnRole::UserAgent},
    };
    static const std::pair<QLatin1StringView, ColumnRole> ofUsers[]{
        {QLatin1StringView("name"), ColumnRole::Name},
        {QLatin1StringView("email"), ColumnRole::Email},
        {QLatin1StringView("emailVerified"), ColumnRole::EmailVerified},
        {QLatin1StringView("image"), ColumnRole::Image},
    };
    const auto in = [&](const auto &table) {
        const auto *found = std::ranges::find_if(table, [&](const auto &entry) { return name == entry.first; });
        return found == std::end(table) ? ColumnRole::Other : found->second;
    };
    if (const ColumnRole role = in(both); role != ColumnRole::Other)
        return role;
    return ofUser ? in(ofUsers) : in(ofSessions);
}

std::vector<Cell> cellsOf(const JsonValue &object, bool ofUser)
{
    std::vector<Cell> cells;
    const JsonValue::Object *members = object.object();
    if (!members)
        return cells;
    for (const JsonValue::Member &member : *members)
        cells.push_back({member.name, roleOf(member.name, ofUser), member.value});
    return cells;
}

} // namespace

std::optional<QString> memberText(const JsonValue *object, QStringView name)
{
    const JsonValue *value = object ? object->find(name) : nullptr;
    return value && value->string() ? std::optional(*value->string()) : std::nullopt;
}

std::optional<SessionValue> SessionValue::read(KeyLayout::Kind kind, const QByteArray &text)
{
    auto parsed = jose::parseJson(QString::fromUtf8(text));
    if (!parsed || !parsed->object())
        return std::nullopt;
    SessionValue value(kind, std::move(*parsed));
    if (kind == KeyLayout::Kind::BetterAuth) {
        const JsonValue *session = value.m_whole.find(u"session");
        if (!session || !session->object())
            return std::nullopt;
    }
    return value;
}

std::optional<SessionFields> SessionValue::readFields(KeyLayout::Kind kind, QByteArrayView token,
                                                      const QByteArray &text, const QTimeZone &zone)
{
    // Some ten times as fast as building the value; what it does not take (a lone surrogate, a broken text) is left to
    // that one.
    static thread_local simdjson::dom::parser parser;
    simdjson::dom::element whole;
    auto failed = parser.parse(text.constData(), static_cast<std::size_t>(text.size())).get(whole);
    simdjson::dom::element session = whole;
    if (!failed && kind == KeyLayout::Kind::BetterAuth)
        failed = whole.at_key("session").get(session);
    simdjson::dom::object members;
    if (!failed)
        failed = session.get(members);
    std::string_view userId;
    if (!failed)
        failed = members.at_key("userId").get(userId);
    if (failed) {
        const auto value = read(kind, text);
        if (!value)
            return std::nullopt;
        SessionFields fields = value->fields(zone);
        fields.isOf = value->isOf(token);
        return fields;
    }
    SessionFields fields;
    fields.userId = QByteArray(userId.data(), static_cast<qsizetype>(userId.size()));
    simdjson::dom::element time;
    if (members.at_key(expiresName(kind)).get(time) == simdjson::SUCCESS)
        fields.expires = instantOf(time, zone);
    if (members.at_key("createdAt").get(time) == simdjson::SUCCESS)
        fields.createdAt = instantOf(time, zone);
    fields.hasUser = kind == KeyLayout::Kind::BetterAuth && whole.at_key("user").is_object();
    std::string_view own;
    fields.isOf = kind == KeyLayout::Kind::BetterAuth ||
                  (members.at_key("sessionToken").get(own) == simdjson::SUCCESS &&
                   QByteArrayView(own.data(), static_cast<qsizetype>(own.size())) == token);
    return fields;
}

SessionFields SessionValue::fields(const QTimeZone &zone) const
{
    SessionFields fields;
    if (const auto id = userId())
        fields.userId = id->toUtf8();
    fields.expires = instantOf(session().find(QLatin1StringView(expiresName(m_kind)).toString()), zone);
    fields.createdAt = instantOf(session().find(u"createdAt"), zone);
    fields.hasUser = embeddedUser() != nullptr;
    return fields;
}

std::optional<QString> SessionValue::userId() const
{
    return idText(session().find(u"userId"));
}

bool SessionValue::isOf(QByteArrayView token) const
{
    return m_kind == KeyLayout::Kind::BetterAuth || text(u"sessionToken") == QString::fromUtf8(token);
}

std::optional<QString> SessionValue::text(QStringView name) const
{
    return memberText(&session(), name);
}

const JsonValue &SessionValue::session() const
{
    return m_kind == KeyLayout::Kind::BetterAuth ? *m_whole.find(u"session") : m_whole;
}

const JsonValue *SessionValue::embeddedUser() const
{
    const JsonValue *user = m_kind == KeyLayout::Kind::BetterAuth ? m_whole.find(u"user") : nullptr;
    return user && user->object() ? user : nullptr;
}

QByteArray SessionValue::withExpires(base::Instant expires) const
{
    JsonValue changed = session();
    changed.set(QLatin1StringView(expiresName(m_kind)).toString(), JsonValue(base::toIso(expires)));
    if (m_kind == KeyLayout::Kind::AuthJs)
        return jose::printJson(changed);
    JsonValue whole = m_whole;
    whole.set(QStringLiteral("session"), std::move(changed));
    return jose::printJson(whole);
}

SessionRow rowOf(const SessionValue &value, const JsonValue *user, const QTimeZone &zone)
{
    SessionRow row;
    row.userId = value.userId();
    row.expires = value.fields(zone).expires;
    row.hasUser = user != nullptr;
    row.userName = memberText(user, u"name");
    row.userEmail = memberText(user, u"email");
    row.userImage = memberText(user, u"image");
    row.sessionId = idText(value.session().find(u"id"));
    // Here each row has the columns that stand in it.
    const auto has = [user](QStringView name) { return user && user->find(name); };
    row.columns = {has(u"name"), has(u"email"), has(u"image"), value.session().find(u"id") != nullptr};
    return row;
}

WholeRow wholeRowOf(const SessionValue &value, const JsonValue *user, const QTimeZone &zone)
{
    WholeRow whole;
    whole.row = rowOf(value, user, zone);
    whole.session = cellsOf(value.session(), false);
    if (user)
        whole.user = cellsOf(*user, true);
    return whole;
}

session::ListedSession listedOf(QByteArrayView token, const std::optional<SessionValue> &value, const JsonValue *user,
                                const QTimeZone &zone)
{
    session::ListedSession listed;
    listed.fingerprint = base::Fingerprint::of(token);
    if (!value)
        return listed;
    const SessionFields fields = value->fields(zone);
    listed.id = idText(value->session().find(u"id"));
    listed.userId = value->userId();
    listed.name = memberText(user, u"name");
    listed.email = memberText(user, u"email");
    listed.expires = fields.expires;
    listed.createdAt = fields.createdAt;
    listed.ipAddress = value->text(u"ipAddress");
    listed.userAgent = value->text(u"userAgent");
    listed.impersonatedBy = value->text(u"impersonatedBy");
    listed.organization = value->text(u"activeOrganizationId");
    return listed;
}

} // namespace rollcall::store
