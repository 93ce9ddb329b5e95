#include "core/store/schema/SchemaDetector.h"

#include <QHash>
#include <QRegularExpression>

#include <algorithm>
#include <set>

#include "core/store/schema/AdapterName.h"

namespace rollcall::store {

namespace {

constexpr int sureScore = 55;
constexpr int sureLead = 5;

/// The adapter of a table that somebody has to say it of.
QString guessed()
{
    return QStringLiteral("unknown");
}

/// Normalised names and their weights. Source: facts/database-schemas.md §8.
using Weights = QHash<QString, int>;

enum class ColumnRole { Token, User, Expires, Email, Name, Verified, Image, Provider, ProviderAccount };

const Weights &weights(ColumnRole role)
{
    static const Weights token{{QStringLiteral("sessiontoken"), 10},
                               {QStringLiteral("sessionkey"), 7},
                               {QStringLiteral("token"), 6},
                               {QStringLiteral("sessionid"), 4}};
    static const Weights user{{QStringLiteral("userid"), 8},    {QStringLiteral("memberid"), 6},
                              {QStringLiteral("user"), 4},      {QStringLiteral("customerid"), 4},
                              {QStringLiteral("profileid"), 4}, {QStringLiteral("ownerid"), 4},
                              {QStringLiteral("accountid"), 1}};
    static const Weights expires{{QStringLiteral("expires"), 8},    {QStringLiteral("expiresat"), 8},
                                 {QStringLiteral("expiry"), 6},     {QStringLiteral("expireat"), 6},
                                 {QStringLiteral("expiration"), 5}, {QStringLiteral("expirationdate"), 5},
                                 {QStringLiteral("validuntil"), 5}, {QStringLiteral("expiredat"), 5}};
    static const Weights email{{QStringLiteral("email"), 8},
                               {QStringLiteral("emailaddress"), 7},
                               {QStringLiteral("useremail"), 5},
                               {QStringLiteral("mail"), 4}};
    static const Weights name{{QStringLiteral("name"), 5},
                              {QStringLiteral("fullname"), 5},
                              {QStringLiteral("displayname"), 5},
                              {QStringLiteral("username"), 3}};
    static const Weights verified{
        {QStringLiteral("emailverified"), 6}, {QStringLiteral("emailverifiedat"), 6}, {QStringLiteral("verified"), 2}};
    static const Weights image{{QStringLiteral("image"), 4},     {QStringLiteral("avatar"), 4},
                               {QStringLiteral("avatarurl"), 4}, {QStringLiteral("picture"), 4},
                               {QStringLiteral("imageurl"), 3},  {QStringLiteral("photo"), 3}};
    static const Weights provider{
        {QStringLiteral("provider"), 8}, {QStringLiteral("providerid"), 7}, {QStringLiteral("providername"), 5}};
    static const Weights providerAccount{{QStringLiteral("provideraccountid"), 10},
                                         {QStringLiteral("accountid"), 6},
                                         {QStringLiteral("provideruserid"), 6},
                                         {QStringLiteral("externalid"), 4}};
    switch (role) {
    case ColumnRole::Token:
        return token;
    case ColumnRole::User:
        return user;
    case ColumnRole::Expires:
        return expires;
    case ColumnRole::Email:
        return email;
    case ColumnRole::Name:
        return name;
    case ColumnRole::Verified:
        return verified;
    case ColumnRole::Image:
        return image;
    case ColumnRole::Provider:
        return provider;
    case ColumnRole::ProviderAccount:
        break;
    }
    return providerAccount;
}

/// The column that fits a role best.
struct Role
{
    QString column;
    int weight = 0;
    [[nodiscard]] bool found() const { return weight > 0; }
    [[nodiscard]] std::optional<QString> name() const { return found() ? std::optional(column) : std::nullopt; }
};

Role bestColumn(const TableInfo &table, ColumnRole role, const QString &except = {})
{
    Role best;
    for (const ColumnInfo &column : table.columns) {
        const int weight = weights(role).value(normalisedName(column.name));
        if (weight > best.weight && column.name != except)
            best = {column.name, weight};
    }
    return best;
}

bool containsAny(const QString &name, std::initializer_list<const char *> words)
{
    return std::ranges::any_of(words, [&](const char *word) { return name.contains(QLatin1StringView(word)); });
}

/// Of a table that is called after sessions: the column that may play a role under a name of its own.
Role likelyColumn(const TableInfo &table, ColumnRole role)
{
    for (const ColumnInfo &column : table.columns) {
        const QString name = normalisedName(column.name);
        const bool fits = role == ColumnRole::Token  ? containsAny(name, {"token"})
                          : role == ColumnRole::User ? table.foreignKey(column.name) || containsAny(name, {"user"})
                                                     : containsAny(name, {"expire", "expiry", "expiration"});
        if (fits)
            return {column.name, 1};
    }
    return {};
}

/// By what the rows of a table of people are told apart; empty where nothing says so.
QString idColumn(const TableInfo &table)
{
    QString id;
    for (const ColumnInfo &column : table.columns) {
        if (normalisedName(column.name) == QStringLiteral("id") || (id.isEmpty() && table.isPrimary(column.name)))
            id = column.name;
    }
    return id;
}

/// Of a table that lacks nothing else: the first column that can hold the id of somebody with an e-mail.
Role columnForIds(const TableInfo &table, const std::vector<TableInfo> &tables, const Role &token, const Role &expires)
{
    for (const ColumnInfo &column : table.columns) {
        const QString name = normalisedName(column.name);
        const bool isKnown = column.name == token.column || column.name == expires.column ||
                             table.isPrimary(column.name) || name == QStringLiteral("ip") ||
                             containsAny(name, {"token", "expire", "created", "updated", "agent", "ipaddr", "data",
                                                "payload", "content", "device", "organization", "impersonated"});
        const bool fits = !isKnown && std::ranges::any_of(tables, [&](const TableInfo &other) {
            const QString id = idColumn(other);
            return &other != &table && !id.isEmpty() && bestColumn(other, ColumnRole::Email).found() &&
                   other.typeOf(id).compare(column.type, Qt::CaseInsensitive) == 0;
        });
        if (fits)
            return {column.name, 1};
    }
    return {};
}

bool nameContains(const TableInfo &table, std::initializer_list<const char *> words)
{
    return containsAny(normalisedName(table.name), words);
}

bool pointsAt(const ForeignKeyInfo &key, const TableInfo &table, DatabaseKind kind)
{
    // SQLite's table names are case-insensitive, also inside REFERENCES.
    const auto sensitivity = kind == DatabaseKind::Sqlite ? Qt::CaseInsensitive : Qt::CaseSensitive;
    return key.targetSchema == table.schema && key.targetTable.compare(table.name, sensitivity) == 0;
}

/// The column of users: by its name, else the one that points at a table of people with e-mails, if that is one alone.
Role userColumn(const TableInfo &table, const std::vector<TableInfo> &tables, DatabaseKind kind,
                const QString &except = {})
{
    Role role = bestColumn(table, ColumnRole::User, except);
    if (role.found())
        return role;
    constexpr int byKey = 6;
    for (const ForeignKeyInfo &key : table.foreignKeys) {
        const bool isOfPeople = std::ranges::any_of(tables, [&](const TableInfo &target) {
            return pointsAt(key, target, kind) && bestColumn(target, ColumnRole::Email).found();
        });
        if (!isOfPeople || key.column == except)
            continue;
        if (role.found())
            return {};
        role = {key.column, byKey};
    }
    return role;
}

/// The table's name without "session(s)" at its end is what the application is called: its users are called so too.
bool isNamedAfterApplication(const TableInfo &table, const QString &user, const std::vector<TableInfo> &tables,
                             DatabaseKind kind)
{
    static const QRegularExpression suffix(QStringLiteral("sessions?$"));
    const QString name = normalisedName(table.name);
    const QString prefix = QString(name).remove(suffix);
    if (prefix.isEmpty() || prefix == name)
        return false;
    const ForeignKeyInfo *key = table.foreignKey(user);
    return std::ranges::any_of(tables, [&](const TableInfo &other) {
        const QString otherName = normalisedName(other.name);
        if (&other == &table || !otherName.startsWith(prefix) || (key && !pointsAt(*key, other, kind)))
            return false;
        // A shop keeps e-mails with its orders, and its sessions may point at them: neither makes them people.
        return containsAny(otherName.sliced(prefix.size()), {"user", "member", "people", "person"}) &&
               bestColumn(other, ColumnRole::Email).found();
    });
}

/// Its rows may look like sessions and be something else: tokens that are mailed, those of an API, a shop's carts.
/// Nothing in its names says that it holds sessions, or something says the contrary.
bool isDoubtful(const TableInfo &table, const QString &token, const QString &user, const std::vector<TableInfo> &tables,
                DatabaseKind kind)
{
    if (nameContains(table, {"invoice", "order", "cart", "reset", "invit", "apikey", "refresh", "password", "verif",
                             "confirm", "magic", "checkout", "payment", "accesstoken"})) {
        // Unless that is what the application is called: "cartoon_session" beside "cartoon_user".
        return !isNamedAfterApplication(table, user, tables, kind);
    }
    // What was put aside before a migration has the keys that its successor may lack.
    static const QRegularExpression aside(QStringLiteral("(^|[_-])(old|backup|bak|archived?|legacy)([_-]|$)"),
                                          QRegularExpression::CaseInsensitiveOption);
    if (aside.match(table.name).hasMatch())
        return true;
    // A session's id in another table says in which one its rows were made; where from a token was used is kept with
    // those of an API too.
    const QString tokenName = normalisedName(token);
    return !nameContains(table, {"session"}) &&
           (!tokenName.contains(QStringLiteral("session")) || tokenName == QStringLiteral("sessionid"));
}

struct SessionTable
{
    const TableInfo *table;
    Role token, user, expires;
    int score;
    bool isLikely = false; ///< some column has a name that nothing is known of, or it may be something else: it is for
                           ///< somebody to say
};

struct AccountTable
{
    const TableInfo *table;
    Role provider, user;
    int score;
};

struct UserTable
{
    const TableInfo *table;
    QString id;
    Role email, name, image;
    int score;
};

/// Leaves out the tables whose rows are listed with those of another of @p found anyway, but those that are @p wanted.
template <typename Found>
std::vector<Found> withoutHeirs(std::vector<Found> found, const std::set<const TableInfo *> &wanted = {})
{
    std::vector<Found> result;
    std::ranges::copy_if(found, std::back_inserter(result), [&](const Found &one) {
        return wanted.contains(one.table) || std::ranges::none_of(found, [&one](const Found &other) {
                   return std::ranges::find(one.table->parents, std::pair(other.table->schema, other.table->name)) !=
                          one.table->parents.end();
               });
    });
    return result;
}

std::vector<AccountTable> accountTables(const std::vector<TableInfo> &tables, DatabaseKind kind)
{
    std::vector<AccountTable> result;
    for (const TableInfo &table : tables) {
        const Role account = bestColumn(table, ColumnRole::ProviderAccount);
        const Role provider = bestColumn(table, ColumnRole::Provider, account.column);
        const Role user = userColumn(table, tables, kind, account.column);
        if (!provider.found() || !account.found() || !user.found())
            continue;
        int score = provider.weight + account.weight + user.weight;
        score += table.foreignKey(user.column) ? 6 : 0;
        for (const char *column : {"accesstoken", "refreshtoken", "idtoken", "tokentype", "scope"})
            score += hasColumn(table, column) ? 1 : 0;
        score += nameContains(table, {"account"}) ? 3 : 0;
        result.push_back({&table, provider, user, score});
    }
    return withoutHeirs(std::move(result));
}

std::vector<SessionTable> sessionTables(const std::vector<TableInfo> &tables, const std::vector<AccountTable> &accounts,
                                        DatabaseKind kind)
{
    std::vector<SessionTable> result;
    for (const TableInfo &table : tables) {
        Role token = bestColumn(table, ColumnRole::Token);
        Role user = userColumn(table, tables, kind);
        Role expires = bestColumn(table, ColumnRole::Expires);
        const bool isLikely = nameContains(table, {"session"}) && (!token.found() || !user.found() || !expires.found());
        if (isLikely) {
            for (auto [column, role] :
                 {std::pair{&token, ColumnRole::Token}, {&user, ColumnRole::User}, {&expires, ColumnRole::Expires}}) {
                if (!column->found())
                    *column = likelyColumn(table, role);
            }
            if (token.found() && expires.found() && !user.found())
                user = columnForIds(table, tables, token, expires);
        }
        const bool isAccount =
            std::ranges::any_of(accounts, [&](const AccountTable &account) { return account.table == &table; });
        if (!token.found() || !user.found() || !expires.found() || isAccount || hasColumn(table, "identifier"))
            continue;
        int score = token.weight + user.weight + expires.weight;
        score += table.isUnique(token.column) ? 4 : 0;
        score += table.foreignKey(user.column) ? 6 : 0;
        score += nameContains(table, {"session"}) ? 5 : 0;
        const QString name = normalisedName(table.name);
        score += name == QStringLiteral("session") || name == QStringLiteral("sessions") ? 4 : 0;
        score += hasColumn(table, "ipaddress") ? 2 : 0;
        score += hasColumn(table, "useragent") ? 2 : 0;
        result.push_back({&table, token, user, expires, score,
                          isLikely || isDoubtful(table, token.column, user.column, tables, kind)});
    }
    return withoutHeirs(std::move(result));
}

std::vector<UserTable> userTables(const std::vector<TableInfo> &tables, const std::vector<SessionTable> &sessions,
                                  DatabaseKind kind)
{
    std::vector<UserTable> result;
    std::set<const TableInfo *> pointedAt; // sessions say so: these are the users, whatever they inherit from
    for (const TableInfo &table : tables) {
        const Role email = bestColumn(table, ColumnRole::Email);
        const QString id = idColumn(table);
        if (!email.found() || id.isEmpty())
            continue;
        const Role name = bestColumn(table, ColumnRole::Name);
        const Role image = bestColumn(table, ColumnRole::Image);
        int score = email.weight + name.weight + image.weight + bestColumn(table, ColumnRole::Verified).weight;
        score += nameContains(table, {"user", "member", "people", "person", "profile"}) ? 4 : 0;
        score += table.isUnique(email.column) ? 2 : 0;
        score -= nameContains(table, {"invit", "contact", "newsletter", "log"}) ? 6 : 0;
        result.push_back({&table, id, email, name, image, score});
        const bool isPointedAt = std::ranges::any_of(sessions, [&](const SessionTable &session) {
            const ForeignKeyInfo *key = session.table->foreignKey(session.user.column);
            return key && pointsAt(*key, table, kind);
        });
        if (isPointedAt)
            pointedAt.insert(&table);
    }
    return withoutHeirs(std::move(result), pointedAt);
}

enum class TypeKind { Integer, Uuid, Text, Other };

TypeKind kindOfType(const QString &type)
{
    const QString lower = type.toLower();
    if (lower.contains(QStringLiteral("int")))
        return TypeKind::Integer;
    if (lower == QStringLiteral("uuid"))
        return TypeKind::Uuid;
    if (lower.contains(QStringLiteral("char")) || lower.contains(QStringLiteral("text")))
        return TypeKind::Text;
    return TypeKind::Other;
}

int commonPrefix(const QString &left, const QString &right)
{
    const auto [end, unused] = std::ranges::mismatch(left, right);
    return static_cast<int>(end - left.begin());
}

/// Step 4: the points a pair earns beyond its tables' own; nullopt where the foreign key says otherwise.
std::optional<int> pairPoints(const SessionTable &session, const UserTable &user, DatabaseKind kind)
{
    int points = 0;
    if (const ForeignKeyInfo *key = session.table->foreignKey(session.user.column)) {
        if (!pointsAt(*key, *user.table, kind))
            return std::nullopt;
        points += 10;
    } else if (kindOfType(session.table->column(session.user.column)->type) !=
               kindOfType(user.table->column(user.id)->type)) {
        points -= 8;
    }
    points += session.table->schema == user.table->schema ? 3 : 0;
    points += commonPrefix(session.table->name, user.table->name) >= 3 ? 2 : 0;
    return points;
}

const AccountTable *accountsOf(const UserTable &user, const std::vector<AccountTable> &accounts, DatabaseKind kind)
{
    const AccountTable *best = nullptr;
    for (const AccountTable &account : accounts) {
        const ForeignKeyInfo *key = account.table->foreignKey(account.user.column);
        const bool agrees = key ? pointsAt(*key, *user.table, kind) : account.table->schema == user.table->schema;
        if (agrees && (!best || account.score > best->score))
            best = &account;
    }
    return best;
}

std::optional<QString> columnNamed(const TableInfo &table, std::initializer_list<const char *> names)
{
    for (const ColumnInfo &column : table.columns) {
        const QString name = normalisedName(column.name);
        if (std::ranges::any_of(names, [&](const char *wanted) { return name == QLatin1StringView(wanted); }))
            return column.name;
    }
    return std::nullopt;
}

SchemaProfile profileOf(const SessionTable &session, const UserTable *user, const AccountTable *account,
                        DatabaseKind kind)
{
    const TableInfo &table = *session.table;
    SchemaProfile profile;
    auto &sessions = profile.sessions;
    sessions.schema = table.schema;
    sessions.table = table.name;
    sessions.token = session.token.column;
    sessions.userId = session.user.column;
    sessions.expires = session.expires.column;
    sessions.id = columnNamed(table, {"id"});
    if (!sessions.id) {
        for (const IndexInfo &index : table.indexes) {
            if (index.primary && index.firstColumn != sessions.token)
                sessions.id = index.firstColumn;
        }
    }
    sessions.createdAt = columnNamed(table, {"createdat", "created"});
    sessions.ipAddress = columnNamed(table, {"ipaddress", "ip"});
    sessions.userAgent = columnNamed(table, {"useragent"});
    sessions.impersonatedBy = columnNamed(table, {"impersonatedby"});
    sessions.organization = columnNamed(table, {"activeorganizationid"});
    sessions.expiresType = table.column(sessions.expires)->type;
    profile.indexes = {table.isIndexed(sessions.token), table.isIndexed(sessions.userId),
                       table.isIndexed(sessions.expires)};
    if (user)
        profile.users = SchemaProfile::Users{.schema = user->table->schema,
                                             .table = user->table->name,
                                             .id = user->id,
                                             .name = user->name.name(),
                                             .email = user->email.name(),
                                             .image = user->image.name(),
                                             .idType = user->table->typeOf(user->id)};
    if (account)
        profile.accounts = SchemaProfile::Accounts{.schema = account->table->schema,
                                                   .table = account->table->name,
                                                   .userId = account->user.column,
                                                   .provider = account->provider.column};
    profile.adapter = adapterName(profile, table, user ? user->table : nullptr, kind);
    return profile;
}

} // namespace

std::vector<SchemaCandidate> rankSchemas(const std::vector<TableInfo> &tables, DatabaseKind kind)
{
    const auto accounts = accountTables(tables, kind);
    const auto sessions = sessionTables(tables, accounts, kind);
    const auto users = userTables(tables, sessions, kind);
    std::vector<SchemaCandidate> ranked;
    for (const SessionTable &session : sessions) {
        SchemaCandidate best{profileOf(session, nullptr, nullptr, kind), session.score};
        for (const UserTable &user : users) {
            const auto points = pairPoints(session, user, kind);
            if (!points)
                continue;
            const AccountTable *account = accountsOf(user, accounts, kind);
            const int score = session.score + user.score + *points + (account ? 5 : 0);
            if (score > best.score)
                best = {profileOf(session, &user, account, kind), score};
        }
        if (session.isLikely) {
            best.profile.adapter = guessed();
            best.score = std::min(best.score, sureScore - sureLead - 1); // beside a sure one it is none
        }
        ranked.push_back(std::move(best));
    }
    std::ranges::stable_sort(ranked, std::greater<>(), &SchemaCandidate::score);
    return ranked;
}

bool isGuess(const SchemaProfile &candidate)
{
    return candidate.adapter == guessed();
}

qint64 recognised(const std::vector<SchemaProfile> &candidates)
{
    return std::ranges::count_if(candidates, [](const SchemaProfile &candidate) { return !isGuess(candidate); });
}

base::Error ambiguity(const std::vector<SchemaProfile> &candidates)
{
    constexpr qsizetype mostNamed = 4;
    QStringList names;
    QString why;
    for (const SchemaProfile &candidate : candidates) {
        if (isGuess(candidate))
            continue;
        names << (candidate.sessions.schema.isEmpty()
                      ? candidate.sessions.table
                      : candidate.sessions.schema + QLatin1Char('.') + candidate.sessions.table);
        if (!candidate.warnings.isEmpty()) // the last says what speaks against it, where its rows do
            why = candidate.warnings.last();
    }
    const auto count = qint64{names.size()};
    if (count > mostNamed)
        names = names.first(mostNamed) << QStringLiteral("…");
    base::Error error = base::Error(base::ErrorCode::SchemaAmbiguous)
                            .with(base::ErrorParam::Count, count)
                            .with(base::ErrorParam::Table, names.join(QStringLiteral(", ")));
    return std::move(error).with(base::ErrorParam::Detail, count == 1 ? why : QString());
}

bool isSure(const std::vector<SchemaCandidate> &ranked)
{
    if (ranked.empty() || ranked.front().score < sureScore)
        return false;
    return ranked.size() == 1 || ranked.front().score - ranked[1].score >= sureLead;
}

} // namespace rollcall::store
