#pragma once

#include <functional>
#include <memory>

#include "core/store/ExpiredRows.h"
#include "core/store/KeptRows.h"

namespace rollcall::test {

/// A real store whose deletes can be made to fail: before anything is deleted, before the commit, or after it (a link
/// that broke during it); and its restores and prunes likewise. **Thread-safety:** as the store it wraps.
class FaultyStore final : public store::SessionStore, private store::KeptRows, private store::ExpiredRows
{
public:
    /// Asked with the number (from 1) of a delete, or of a restore; an error is answered in place of the outcome.
    using Fault = std::function<std::optional<base::Error>(int number)>;

    explicit FaultyStore(std::unique_ptr<store::SessionStore> store) : m_store(std::move(store)) {}

    Fault beforeDelete;
    /// In the place of beforeDelete, asked with the keys.
    std::function<std::optional<base::Error>(std::span<const store::RowKey> keys)> beforeDeleteOf;
    Fault beforeCommit; ///< of a delete that keeps the rows, when they are kept
    Fault afterCommit;
    Fault beforeRestore;
    Fault afterRestore;
    Fault beforePrune;
    Fault beforePruneCommit; ///< when the step is noted
    Fault afterPrune;
    std::function<void()> beforeStillThere;
    /// When a canary's insert is committed.
    std::function<std::optional<base::Error>()> afterCanary;
    /// Asked with the rows of rowsOfTokens() and with how many of a token it wants.
    std::function<std::optional<base::Error>(std::span<const store::PlannedRow> rows, int atLeast)> beforeRowsOfTokens;
    /// In the place of replicaLag().
    std::function<std::optional<std::chrono::milliseconds>()> lag;
    bool keepsRows = true;
    std::optional<base::Error> whyNotKept; ///< what canKeep() answers

    [[nodiscard]] base::Result<store::SessionPage> page(const store::SessionQuery &query,
                                                        const std::optional<QByteArray> &cursor, base::Instant now,
                                                        const base::Call &call) override
    {
        return m_store->page(query, cursor, now, call);
    }
    [[nodiscard]] base::Result<store::SessionStats> stats(base::Instant now, const base::Call &call) override
    {
        return m_store->stats(now, call);
    }
    [[nodiscard]] base::Result<qint64> count(const store::SessionQuery &query, base::Instant now,
                                             const base::Call &call) override
    {
        return m_store->count(query, now, call);
    }
    [[nodiscard]] base::Result<std::vector<store::PlannedRow>>
    planRows(const store::SessionQuery &query, qint64 max, base::Instant now, const base::Call &call) override
    {
        return m_store->planRows(query, max, now, call);
    }
    [[nodiscard]] base::Result<std::vector<store::PlannedRow>>
    findRows(std::span<const QString> ids, QStringList &unmatched, base::Instant now, const base::Call &call) override
    {
        return m_store->findRows(ids, unmatched, now, call);
    }
    [[nodiscard]] base::Result<std::vector<store::PlannedRow>> rowsOfTokens(std::span<const store::PlannedRow> rows,
                                                                            int atLeast, base::Instant now,
                                                                            const base::Call &call) override
    {
        if (auto fault = beforeRowsOfTokens ? beforeRowsOfTokens(rows, atLeast) : std::nullopt)
            return base::fail(std::move(*fault));
        return m_store->rowsOfTokens(rows, atLeast, now, call);
    }
    [[nodiscard]] base::Result<std::optional<store::SessionRow>> lookup(QByteArrayView token,
                                                                        const base::Call &call) override
    {
        return m_store->lookup(token, call);
    }
    [[nodiscard]] base::Result<std::vector<std::optional<store::SessionRow>>>
    lookupMany(std::span<const QByteArrayView> tokens, const base::Call &call) override
    {
        return m_store->lookupMany(tokens, call);
    }
    [[nodiscard]] base::Result<std::vector<std::optional<store::WholeRow>>>
    wholeRows(std::span<const QByteArrayView> tokens, const base::Call &call) override
    {
        return m_store->wholeRows(tokens, call);
    }
    [[nodiscard]] base::Result<std::vector<store::DeleteOutcome>> deleteRows(std::span<const store::RowKey> keys,
                                                                             const base::Call &call) override
    {
        const int number = ++m_deletes;
        return faulty(beforeDeleteAs(keys), number, afterCommit, [&] { return m_store->deleteRows(keys, call); });
    }
    [[nodiscard]] store::KeptRows *keptRows() override
    {
        return keepsRows && m_store->keptRows() ? static_cast<store::KeptRows *>(this) : nullptr;
    }
    [[nodiscard]] base::Result<std::vector<bool>> stillThere(std::span<const store::RowKey> keys,
                                                             const base::Call &call) override
    {
        if (beforeStillThere)
            beforeStillThere();
        return m_store->stillThere(keys, call);
    }
    [[nodiscard]] base::Result<store::CanaryKey> insertCanary(const store::CanaryRow &canary,
                                                              const base::Call &call) override
    {
        auto inserted = m_store->insertCanary(canary, call);
        if (auto fault = inserted && afterCanary ? afterCanary() : std::nullopt)
            return base::fail(std::move(*fault));
        return inserted;
    }
    [[nodiscard]] base::Status removeCanary(const store::CanaryKey &canary, const base::Call &call) override
    {
        return m_store->removeCanary(canary, call);
    }
    [[nodiscard]] base::Status extend(QByteArrayView token, base::Instant expires, const base::Call &call) override
    {
        return m_store->extend(token, expires, call);
    }
    [[nodiscard]] base::Status deleteExpired(QByteArrayView token, base::Instant now, const base::Call &call) override
    {
        return m_store->deleteExpired(token, now, call);
    }
    [[nodiscard]] QString deleteStatement() const override { return m_store->deleteStatement(); }
    [[nodiscard]] base::Result<base::Instant> serverTime(const base::Call &call) override
    {
        return m_store->serverTime(call);
    }

    [[nodiscard]] store::ExpiredRows *expiredRows() override
    {
        return m_store->expiredRows() ? static_cast<store::ExpiredRows *>(this) : nullptr;
    }

private:
    [[nodiscard]] base::Result<qint64> count(base::Instant before, const base::Call &call) override
    {
        return m_store->expiredRows()->count(before, call);
    }
    [[nodiscard]] base::Result<store::PruneStep> prune(const store::PruneRange &range, base::Instant before,
                                                       qint64 rows, const BeforeCommit &tell,
                                                       const base::Call &call) override
    {
        const int number = ++m_prunes;
        const auto noted = [&](const store::PruneStep &step) -> base::Status {
            if (auto done = tell(step); !done)
                return done;
            if (auto error = beforePruneCommit ? beforePruneCommit(number) : std::nullopt)
                return base::fail(std::move(*error));
            return {};
        };
        return faulty(beforePrune, number, afterPrune,
                      [&] { return m_store->expiredRows()->prune(range, before, rows, noted, call); });
    }
    [[nodiscard]] base::Result<std::optional<std::chrono::milliseconds>> replicaLag(const base::Call &call) override
    {
        if (lag)
            return lag();
        return m_store->expiredRows()->replicaLag(call);
    }
    [[nodiscard]] QString statement() const override { return m_store->expiredRows()->statement(); }
    [[nodiscard]] base::Status canKeep(const base::Call &call) override
    {
        return whyNotKept ? base::fail(*whyNotKept) : m_store->keptRows()->canKeep(call);
    }
    [[nodiscard]] base::Result<std::vector<store::DeleteOutcome>>
    deleteRows(std::span<const store::RowKey> keys, const Keep &keep, const base::Call &call) override
    {
        const int number = ++m_deletes;
        const auto kept = [&](std::span<store::KeptRow> rows) -> base::Status {
            if (auto done = keep(rows); !done)
                return done;
            if (auto error = beforeCommit ? beforeCommit(number) : std::nullopt)
                return base::fail(std::move(*error));
            return {};
        };
        return faulty(beforeDeleteAs(keys), number, afterCommit,
                      [&] { return m_store->keptRows()->deleteRows(keys, kept, call); });
    }
    [[nodiscard]] base::Result<std::vector<store::RestoreOutcome>> restoreRows(std::span<const store::KeptRow> rows,
                                                                               const base::Call &call) override
    {
        return faulty(beforeRestore, ++m_restores, afterRestore,
                      [&] { return m_store->keptRows()->restoreRows(rows, call); });
    }
    [[nodiscard]] base::Result<std::vector<store::RestoreOutcome>> wouldRestore(std::span<const store::KeptRow> rows,
                                                                                const base::Call &call) override
    {
        return m_store->keptRows()->wouldRestore(rows, call);
    }

    [[nodiscard]] Fault beforeDeleteAs(std::span<const store::RowKey> keys) const
    {
        return beforeDeleteOf ? [this, keys](int) { return beforeDeleteOf(keys); } : beforeDelete;
    }

    template <typename Act>
    static std::invoke_result_t<Act> faulty(const Fault &before, int number, const Fault &after, const Act &act)
    {
        if (auto error = before ? before(number) : std::nullopt)
            return base::fail(std::move(*error));
        auto outcome = act();
        if (auto error = outcome && after ? after(number) : std::nullopt)
            return base::fail(std::move(*error));
        return outcome;
    }

    std::unique_ptr<store::SessionStore> m_store;
    int m_deletes = 0;
    int m_restores = 0;
    int m_prunes = 0;
};

} // namespace rollcall::test
