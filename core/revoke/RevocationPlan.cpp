#include "core/revoke/RevocationPlan.h"

#include <QCryptographicHash>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/base/Counted.h"
#include "core/base/ErrorText.h"
#include "core/store/UserDirectory.h"

namespace rollcall::revoke {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

QString stateWord(store::StateFilter state)
{
    switch (state) {
    case store::StateFilter::Live:
        return QStringLiteral("live");
    case store::StateFilter::Expired:
        return QStringLiteral("expired");
    case store::StateFilter::Orphan:
        return QStringLiteral("orphan");
    case store::StateFilter::All:
        return QStringLiteral("all");
    }
    Q_UNREACHABLE();
}

Error tooMany(qint64 count, qint64 limit)
{
    return Error(ErrorCode::TooManyMatched).with(ErrorParam::Count, count).with(ErrorParam::Limit, limit);
}

/// The query of @p plan matches more than @p limit, of which @p read were read: how many there are is counted, where
/// that can be done by one question.
Error tooManyOf(const RevocationPlan &plan, qint64 read, qint64 limit, store::SessionStore &store,
                const base::Call &call)
{
    if (plan.selection.users.empty() && !plan.selection.keepNewest) {
        if (const auto count = store.count(*plan.selection.query, plan.frozenAt, call); count && *count >= read)
            return tooMany(*count, limit);
    }
    return tooMany(read, limit).with(ErrorParam::Part, QStringLiteral("at least"));
}

/// What a row is deleted by: rows that have all of it in common go together.
std::tuple<QByteArrayView, QByteArrayView, std::optional<QString>> identity(const store::PlannedRow &row)
{
    return {row.key.key.view(), row.key.token.view(), row.key.userId};
}

/// A session that is named twice, or named and matched, is one row.
void dropRepeats(std::vector<store::PlannedRow> &rows)
{
    std::set<decltype(identity(rows.front()))> seen;
    std::vector<store::PlannedRow> once;
    once.reserve(rows.size());
    for (store::PlannedRow &row : rows) {
        if (seen.contains(identity(row)))
            continue;
        once.push_back(std::move(row));
        seen.insert(identity(once.back()));
    }
    rows = std::move(once);
}

/// Whether a row that holds a token of the plan's goes with it.
enum class Others {
    Join, ///< those of the same users, or of nobody
    Stay, ///< none: the plan was settled before
};

/// Whether a table has no ids: then rows of one token and user are deleted together, however many they are.
bool isKeyedByToken(const store::PlannedRow &row)
{
    return row.key.key.view() == row.key.token.view();
}

Error twins(qint64 count)
{
    return Error(ErrorCode::WriteRefused)
        .with(ErrorParam::Part, QStringLiteral("twins"))
        .with(ErrorParam::Detail,
              count == 1 ? QStringLiteral("1 row holds the token and the user of another, and as the table has no ids, "
                                          "the two could not be counted, shown or put back each by itself")
                         : QStringLiteral("%1 rows hold the token and the user of others, and as the table has no ids, "
                                          "they could not be counted, shown or put back each by itself")
                               .arg(count));
}

/// Looks which rows hold a token of the plan's rows, too: adds those that @p others says, and notes whose stay.
base::Status lookForHolders(RevocationPlan &plan, Others others, store::SessionStore &store, const base::Call &call)
{
    auto holders = store.rowsOfTokens(plan.rows, 2, plan.frozenAt, call);
    if (!holders) {
        if (call.cancelled())
            return base::fail(holders.error());
        // In an incident the rows that are known must go, even where a large table cannot be looked through in time.
        plan.whyNotLooked = base::oneLine(holders.error());
        return {};
    }
    plan.whyNotLooked.clear();
    plan.heldByOthers.clear();
    if (holders->empty())
        return {};
    std::map<QString, std::set<std::optional<QString>>> usersOf; // by token
    for (const store::PlannedRow &holder : *holders)
        usersOf[holder.key.fingerprint.text()];
    std::set<decltype(identity(plan.rows.front()))> planned;
    for (const store::PlannedRow &row : plan.rows) {
        if (const auto users = usersOf.find(row.key.fingerprint.text()); users != usersOf.end()) {
            users->second.insert(row.key.userId);
            planned.insert(identity(row));
        }
    }
    std::set<base::Fingerprint> heldByOthers;
    std::vector<store::PlannedRow> joining;
    joining.reserve(holders->size());
    std::set<decltype(identity(plan.rows.front()))> met;
    qint64 repeated = 0;
    for (store::PlannedRow &holder : *holders) {
        if (planned.contains(identity(holder))) {
            if (isKeyedByToken(holder) && !met.insert(identity(holder)).second)
                ++repeated;
            continue;
        }
        const auto &users = usersOf[holder.key.fingerprint.text()];
        if (others == Others::Join && (!holder.key.userId || users.contains(holder.key.userId))) {
            joining.push_back(std::move(holder));
            planned.insert(identity(joining.back()));
            met.insert(identity(joining.back()));
        } else {
            heldByOthers.insert(holder.key.fingerprint);
        }
    }
    if (repeated > 0)
        return base::fail(twins(repeated));
    if (others == Others::Join) {
        plan.sharing = static_cast<qint64>(joining.size());
        plan.sharingLive = std::ranges::count_if(
            joining, [](const store::PlannedRow &row) { return row.shown.state == session::SessionState::Live; });
    }
    std::ranges::move(joining, std::back_inserter(plan.rows));
    plan.heldByOthers.assign(heldByOthers.begin(), heldByOthers.end());
    return {};
}

/// Whether somebody is called @p name, with sessions or without; or was, by sessions that outlived them.
base::Result<bool> isCalled(const QString &name, store::SessionStore &store, base::Instant now, const base::Call &call)
{
    if (store::UserDirectory *users = store.users()) {
        const auto known = users->hasUser(name, call);
        if (!known)
            return base::fail(known.error());
        if (known->value_or(false))
            return true;
    }
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    query.user = name;
    const auto rows = store.planRows(query, 1, now, call);
    if (!rows)
        return base::fail(rows.error());
    return !rows->empty();
}

/// The users of a selection, one after the other, and what they match.
struct UserSearch
{
    store::SessionStore &store;
    store::SessionQuery query;
    qint64 limit;
    base::Instant now;
    const base::Call &call;
    RevocationPlan &plan; ///< who is found, and who is not, is noted in it
    std::vector<store::PlannedRow> rows;

    /// Looks for sessions of @p name. Whether there are any.
    base::Result<bool> match(const QString &name)
    {
        query.user = name;
        auto matched = store.planRows(query, limit, now, call);
        if (!matched)
            return base::fail(matched.error());
        const bool found = !matched->empty();
        std::ranges::move(*matched, std::back_inserter(rows));
        return found;
    }

    void note(const QString &name, int line, bool found)
    {
        plan.selection.users.push_back({name, line, {}, false});
        if (!found)
            plan.unmatchedUsers << name;
    }

    /// Looks for @p user: as they stand there first, then for what else that may mean.
    base::Status find(const NamedUser &user)
    {
        const auto found = match(user.name);
        if (!found)
            return base::fail(found.error());
        if (!*found && user.isRemark) {
            plan.remarks.push_back(user.line);
            return {};
        }
        bool isWhole = *found || user.otherwise.isEmpty();
        if (!isWhole) { // who is called so, and has no such session, is not to be mistaken for another
            const auto called = isCalled(user.name, store, now, call);
            if (!called)
                return base::fail(called.error());
            isWhole = *called;
        }
        if (isWhole) {
            note(user.name, user.line, *found);
            return {};
        }
        plan.inFields.push_back(user.line);
        for (const QString &name : user.otherwise) {
            const auto inField = match(name);
            if (!inField)
                return base::fail(inField.error());
            note(name, user.line, *inField);
        }
        return {};
    }
};

/// The rows that the query of @p plan matches, user by user where users are named; users without any are noted in it.
base::Result<std::vector<store::PlannedRow>> matchingRows(store::SessionStore &store, RevocationPlan &plan,
                                                          qint64 limit, const base::Call &call)
{
    if (plan.selection.users.empty())
        return store.planRows(*plan.selection.query, limit, plan.frozenAt, call);
    const std::vector<NamedUser> named = std::exchange(plan.selection.users, {});
    UserSearch search{store, *plan.selection.query, limit, plan.frozenAt, call, plan, {}};
    for (const NamedUser &user : named) {
        if (auto found = search.find(user); !found)
            return base::fail(std::move(found.error()));
        if (static_cast<qint64>(search.rows.size()) <= limit)
            continue;
        dropRepeats(search.rows); // who stands in the list twice is no reason to leave out who comes after
        if (static_cast<qint64>(search.rows.size()) > limit)
            break; // too many already: freezePlan() says so
    }
    plan.unmatchedUsers.removeDuplicates();
    if (plan.selection.users.empty()) // a selection of no users at all would be one of everybody
        plan.selection.users = named;
    return std::move(search.rows);
}

/// Takes the newest @p count of each user out of @p rows, and rows without a user: nobody's sessions have no newest.
void spareNewest(std::vector<store::PlannedRow> &rows, int count)
{
    const auto born = [](const store::PlannedRow &row) {
        return row.shown.createdAt ? row.shown.createdAt : row.shown.expires;
    };
    std::ranges::stable_sort(rows, [&born](const auto &a, const auto &b) { return born(a) > born(b); });
    // By tokens: the older row of a session that stays is that session.
    std::map<QString, std::set<base::Fingerprint>> spared;
    std::erase_if(rows, [&](const store::PlannedRow &row) {
        if (!row.key.userId)
            return true;
        auto &ofUser = spared[*row.key.userId];
        if (ofUser.size() < static_cast<std::size_t>(count))
            ofUser.insert(row.key.fingerprint);
        return ofUser.contains(row.key.fingerprint);
    });
}

} // namespace

QString Selection::describe(Names names) const
{
    const auto typed = [names](const QString &text, const QString &instead) {
        return names == Names::AsTyped ? text : instead;
    };
    QStringList parts;
    if (!sessions.isEmpty())
        parts << base::counted(sessions.size(), "named session");
    if (query) {
        QString text = QStringLiteral("%1 sessions").arg(stateWord(query->state));
        if (query->user)
            text += typed(QStringLiteral(" of user %1").arg(*query->user), QStringLiteral(" of one user"));
        if (query->provider)
            text += QStringLiteral(" by provider %1").arg(*query->provider);
        if (query->search)
            text += typed(QStringLiteral(" matching \"%1\"").arg(*query->search), QStringLiteral(" matching a text"));
        if (query->expiresBefore)
            text += QStringLiteral(" expiring before %1").arg(base::toIso(*query->expiresBefore));
        if (query->expiresAfter)
            text += QStringLiteral(" expiring from %1").arg(base::toIso(*query->expiresAfter));
        if (!users.empty())
            text += QStringLiteral(" of ") + base::counted(std::ssize(users), "named user");
        if (keepNewest)
            text += QStringLiteral(" but the newest %1 of each user").arg(*keepNewest);
        parts << text;
    }
    return parts.join(QStringLiteral(" and "));
}

QString RevocationPlan::computeDigest() const
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(statement.toUtf8());
    for (const store::PlannedRow &row : rows) {
        hash.addData(QByteArrayView("\n"));
        hash.addData(row.key.fingerprint.text().toLatin1());
        hash.addData(QByteArrayView(row.key.userId ? "=" : "-"));
        hash.addData(row.key.userId.value_or(QString()).toUtf8());
    }
    return QString::fromLatin1(hash.result().toHex());
}

base::Result<RevocationPlan> freezePlan(const deployment::Deployment &deployment, store::SessionStore &store,
                                        Selection selection, qint64 max, const base::Call &call)
{
    if (deployment.auth()->strategy == session::Strategy::Jwt)
        return base::fail(Error(ErrorCode::NotRevocable));
    const qint64 limit = std::clamp<qint64>(max, 0, largestPlan);
    RevocationPlan plan;
    plan.frozenAt = deployment.clock().now();
    plan.selection = std::move(selection);
    if (!plan.selection.sessions.isEmpty()) {
        auto named = store.findRows(plan.selection.sessions, plan.unmatched, plan.frozenAt, call);
        if (!named)
            return base::fail(named.error());
        plan.rows = std::move(*named);
    }
    if (plan.selection.query) {
        // The newest of a user are only known when all are.
        const qint64 readAtMost = plan.selection.keepNewest ? largestPlan : limit;
        auto matched = matchingRows(store, plan, readAtMost, call);
        if (!matched)
            return base::fail(matched.error());
        dropRepeats(*matched);
        if (static_cast<qint64>(matched->size()) > readAtMost)
            return base::fail(tooManyOf(plan, std::ssize(*matched), readAtMost, store, call));
        if (plan.selection.keepNewest)
            spareNewest(*matched, *plan.selection.keepNewest);
        std::ranges::move(*matched, std::back_inserter(plan.rows));
    }
    dropRepeats(plan.rows);
    if (const auto looked = lookForHolders(plan, Others::Join, store, call); !looked)
        return base::fail(looked.error());
    if (static_cast<qint64>(plan.rows.size()) > limit)
        return base::fail(tooMany(std::ssize(plan.rows), limit));
    std::set<QString> users;
    for (const store::PlannedRow &row : plan.rows) {
        if (row.key.userId)
            users.insert(*row.key.userId);
    }
    plan.users = static_cast<qint64>(users.size());
    plan.what = plan.selection.describe();
    plan.onRecord = plan.selection.describe(Selection::Names::LeftOut);
    plan.statement = store.deleteStatement();
    plan.digest = plan.computeDigest();
    return plan;
}

base::Status noteHolders(RevocationPlan &plan, store::SessionStore &store, const base::Call &call)
{
    return lookForHolders(plan, Others::Stay, store, call);
}

NotRevocable explainNotRevocable(const deployment::Deployment &deployment)
{
    constexpr std::chrono::seconds signInLife = std::chrono::hours(24 * 30);
    const auto &auth = *deployment.auth();
    const auto life =
        auth.version == session::AuthVersion::V4 ? std::max(auth.lifetime(), signInLife) : auth.lifetime();
    NotRevocable answer;
    answer.acceptedUntil = deployment.clock().now() + life;
    answer.explanation =
        QStringLiteral(
            "This deployment uses JWT sessions: the session is inside the cookie, there is no row to delete. A token "
            "that exists now is accepted until %1 at the latest, longer where its holder keeps using it: each use "
            "issues a new one.")
            .arg(base::toIso(*answer.acceptedUntil));
    answer.remedy = QStringLiteral(
        "Let the deployment's jwt callback refuse this user's tokens (rule set, with the callback that rule "
        "snippet writes), change its secret to end all sessions at once, or move to database sessions.");
    return answer;
}

} // namespace rollcall::revoke
