#include "core/store/redis/RenamedKeys.h"

#include <algorithm>

#include "core/store/redis/SessionValue.h"

using rollcall::base::Call;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

constexpr qint64 deepest = 500'000;
constexpr int mostUsers = 3; ///< that are tried: the first may be gone, or have no account
constexpr std::size_t mostKeys = 1'000;

struct Pair
{
    QByteArray key;
    QByteArray value;
};

/// The keys that end in @p ending, and their values.
Result<std::vector<Pair>> keysEndingIn(KeyReader &reader, const QByteArray &ending, const ScanPace &pace,
                                       const Call &call)
{
    QByteArray escaped = patternOf(ending);
    escaped.chop(1);
    KeyScan scan(reader, '*' + escaped, pace);
    std::vector<QByteArray> keys;
    while (!scan.isDone() && scan.lookedThrough() < deepest && keys.size() < mostKeys) {
        auto step = scan.next({}, call);
        if (!step)
            return fail(std::move(step.error()));
        std::ranges::move(step->keys, std::back_inserter(keys));
    }
    const auto values = reader.valuesOfAny(keys, KeyReader::largestValue, call);
    if (!values)
        return fail(values.error());
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (values->at(i))
            pairs.push_back({keys[i], *values->at(i)});
    }
    return pairs;
}

/// The prefix of accounts, out of the account that a pointer names.
Status findAccounts(KeyReader &reader, const QByteArray &accountKey, KeyLayout &layout, const Call &call)
{
    const auto values = reader.valuesOfAny({&accountKey, 1}, KeyReader::largestValue, call);
    if (!values)
        return fail(values.error());
    const auto account = values->front() ? jose::parseJson(QString::fromUtf8(*values->front())) : std::nullopt;
    const auto provider = memberText(account ? &*account : nullptr, u"provider");
    const auto id = memberText(account ? &*account : nullptr, u"providerAccountId");
    const QByteArray ending = provider && id ? provider->toUtf8() + ':' + id->toUtf8() : QByteArray();
    if (!ending.isEmpty() && accountKey.endsWith(ending))
        layout.accounts = accountKey.chopped(ending.size());
    return {};
}

Status findUser(KeyReader &reader, const QByteArray &userId, KeyLayout &layout, const ScanPace &pace, const Call &call)
{
    const auto pairs = keysEndingIn(reader, userId, pace, call);
    if (!pairs)
        return fail(pairs.error());
    QByteArray email;
    for (const auto &[key, value] : *pairs) {
        const QByteArray prefix = key.chopped(userId.size());
        const auto json = jose::parseJson(QString::fromUtf8(value));
        if (value.startsWith(layout.sessions)) {
            layout.sessionsOfUser = prefix;
        } else if (json && memberText(&*json, u"id") == QString::fromUtf8(userId)) {
            layout.users = prefix;
            email = memberText(&*json, u"email").value_or(QString()).toUtf8();
        } else if (!json && !layout.accounts) {
            if (auto found = findAccounts(reader, value, layout, call); !found)
                return found;
        }
    }
    if (email.isEmpty() || !layout.usersByEmail.isEmpty())
        return {};
    const auto byEmail = keysEndingIn(reader, email, pace, call);
    if (!byEmail)
        return fail(byEmail.error());
    for (const auto &[key, value] : *byEmail) {
        if (value == userId)
            layout.usersByEmail = key.chopped(email.size());
    }
    return {};
}

} // namespace

Status findRenamed(KeyReader &reader, KeyLayout &layout, std::span<const SampledSession> sessions, const ScanPace &pace,
                   const Call &call)
{
    std::vector<QByteArray> users;
    for (const SampledSession &session : sessions) {
        if (!session.userId.isEmpty() && std::ranges::find(users, session.userId) == users.end())
            users.push_back(session.userId);
    }
    for (std::size_t i = 0; i < users.size() && i < mostUsers && !(layout.users && layout.accounts); ++i) {
        if (auto found = findUser(reader, users[i], layout, pace, call); !found)
            return found;
    }
    if (layout.sessionsOfUser.isEmpty())
        layout.sessionsOfUser = layout.sessions + "by-user-id:";
    return {};
}

} // namespace rollcall::store
