#pragma once

#include <QHash>
#include <QStringList>

#include <functional>

#include "core/store/SessionStore.h"

namespace rollcall::test {

/// A SessionStore of rows in memory that notes what the engine asks of it; what the engine never asks fails.
/// **Thread-safety:** one object, one thread.
class FakeStore final : public store::SessionStore
{
public:
    QHash<QByteArray, store::SessionRow> rows;
    std::vector<store::Cell> moreOfSession; ///< columns of all rows beside the known ones
    std::vector<store::Cell> moreOfUser;
    QStringList calls;   ///< "lookup TOKEN", "lookupMany TOKEN TOKEN…", "extend TOKEN ISO", "delete TOKEN"
    QStringList failing; ///< of "lookup", "lookupMany", "extend", "delete"
    base::ErrorCode failure = base::ErrorCode::DatabaseUnavailable;
    std::function<void()> beforeLookup = [] {};

    base::Result<std::optional<store::SessionRow>> lookup(QByteArrayView token, const base::Call &) override
    {
        beforeLookup();
        if (!note(QStringLiteral("lookup"), token))
            return base::fail(base::Error(failure));
        const auto row = rows.constFind(token.toByteArray());
        return row == rows.cend() ? std::nullopt : std::optional(*row);
    }
    base::Result<std::vector<std::optional<store::SessionRow>>> lookupMany(std::span<const QByteArrayView> tokens,
                                                                           const base::Call &) override
    {
        beforeLookup();
        QByteArray names;
        std::vector<std::optional<store::SessionRow>> found;
        for (const QByteArrayView token : tokens) {
            names += (names.isEmpty() ? "" : " ") + token.toByteArray();
            const auto row = rows.constFind(token.toByteArray());
            found.push_back(row == rows.cend() ? std::nullopt : std::optional(*row));
        }
        if (!note(QStringLiteral("lookupMany"), names))
            return base::fail(base::Error(failure));
        return found;
    }
    base::Result<std::vector<std::optional<store::WholeRow>>> wholeRows(std::span<const QByteArrayView> tokens,
                                                                        const base::Call &call) override
    {
        auto known = lookupMany(tokens, call);
        if (!known)
            return base::fail(std::move(known.error()));
        std::vector<std::optional<store::WholeRow>> found;
        for (std::size_t i = 0; i < tokens.size(); ++i)
            found.push_back(known->at(i) ? std::optional(whole(*known->at(i), tokens[i])) : std::nullopt);
        return found;
    }
    base::Status extend(QByteArrayView token, base::Instant expires, const base::Call &) override
    {
        if (!note(QStringLiteral("extend"), token, base::toIso(expires)))
            return base::fail(base::Error(failure));
        rows[token.toByteArray()].expires = expires;
        return {};
    }
    base::Status deleteExpired(QByteArrayView token, base::Instant, const base::Call &) override
    {
        if (!note(QStringLiteral("delete"), token))
            return base::fail(base::Error(failure));
        rows.remove(token.toByteArray());
        return {};
    }

    base::Result<store::SessionPage> page(const store::SessionQuery &, const std::optional<QByteArray> &, base::Instant,
                                          const base::Call &) override
    {
        return unasked();
    }
    base::Result<store::SessionStats> stats(base::Instant, const base::Call &) override { return unasked(); }
    base::Result<qint64> count(const store::SessionQuery &, base::Instant, const base::Call &) override
    {
        return unasked();
    }
    base::Result<std::vector<store::PlannedRow>> planRows(const store::SessionQuery &, qint64, base::Instant,
                                                          const base::Call &) override
    {
        return unasked();
    }
    base::Result<std::vector<store::PlannedRow>> findRows(std::span<const QString>, QStringList &, base::Instant,
                                                          const base::Call &) override
    {
        return unasked();
    }
    base::Result<std::vector<store::DeleteOutcome>> deleteRows(std::span<const store::RowKey>,
                                                               const base::Call &) override
    {
        return unasked();
    }
    base::Result<std::vector<bool>> stillThere(std::span<const store::RowKey>, const base::Call &) override
    {
        return unasked();
    }
    base::Result<store::CanaryKey> insertCanary(const store::CanaryRow &, const base::Call &) override
    {
        return unasked();
    }
    base::Status removeCanary(const store::CanaryKey &, const base::Call &) override { return unasked(); }
    QString deleteStatement() const override { return {}; }
    base::Result<base::Instant> serverTime(const base::Call &) override { return unasked(); }

private:
    [[nodiscard]] store::WholeRow whole(const store::SessionRow &row, QByteArrayView token) const
    {
        using store::ColumnRole;
        const auto text = [](const char *name, ColumnRole role, const std::optional<QString> &value) {
            return store::Cell{QString::fromLatin1(name), role, value ? jose::JsonValue(*value) : jose::JsonValue()};
        };
        store::WholeRow result;
        result.row = row;
        result.session = {
            text("id", ColumnRole::Id, row.sessionId),
            text("session_token", ColumnRole::Token, QString::fromUtf8(token)),
            text("user_id", ColumnRole::UserId, row.userId),
            text("expires", ColumnRole::Expires, row.expires ? std::optional(base::toIso(*row.expires)) : std::nullopt),
        };
        result.session.insert(result.session.end(), moreOfSession.begin(), moreOfSession.end());
        if (!row.hasUser)
            return result;
        result.user = {
            text("id", ColumnRole::Id, row.userId),
            text("name", ColumnRole::Name, row.userName),
            text("email", ColumnRole::Email, row.userEmail),
            text("image", ColumnRole::Image, row.userImage),
        };
        result.user.insert(result.user.end(), moreOfUser.begin(), moreOfUser.end());
        return result;
    }
    bool note(const QString &what, QByteArrayView token, const QString &more = {})
    {
        calls << QString(what + u' ' + QString::fromUtf8(token) + (more.isEmpty() ? QString() : QString(u' ' + more)));
        return !failing.contains(what);
    }
    static tl::unexpected<base::Error> unasked() { return base::fail(base::Error(base::ErrorCode::Internal)); }
};

} // namespace rollcall::test
