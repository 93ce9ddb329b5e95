#pragma once

#include <memory>

#include "core/base/LostLink.h"
#include "core/store/SessionStore.h"

namespace rollcall::deployment {

/// Passes everything on to a store and notices when its link broke, so that the next job gets a new one.
/// **Thread-safety:** as the store: one thread at a time.
class WatchedStore final : public store::SessionStore
{
public:
    explicit WatchedStore(std::unique_ptr<store::SessionStore> store) : m_store(std::move(store)) {}

    /// True once a function answered that the link is lost.
    [[nodiscard]] bool isBroken() const { return m_broken; }

    [[nodiscard]] base::Result<store::SessionPage> page(const store::SessionQuery &query,
                                                        const std::optional<QByteArray> &cursor, base::Instant now,
                                                        const base::Call &call) override
    {
        return watch(m_store->page(query, cursor, now, call));
    }
    [[nodiscard]] base::Result<store::SessionStats> stats(base::Instant now, const base::Call &call) override
    {
        return watch(m_store->stats(now, call));
    }
    [[nodiscard]] base::Result<qint64> count(const store::SessionQuery &query, base::Instant now,
                                             const base::Call &call) override
    {
        return watch(m_store->count(query, now, call));
    }
    [[nodiscard]] base::Result<std::optional<store::SessionStats>> estimatedStats(base::Instant now,
                                                                                  const base::Call &call) override
    {
        return watch(m_store->estimatedStats(now, call));
    }
    [[nodiscard]] base::Result<std::optional<qint64>> estimatedCount(const store::SessionQuery &query,
                                                                     base::Instant now, const base::Call &call) override
    {
        return watch(m_store->estimatedCount(query, now, call));
    }
    [[nodiscard]] base::Result<std::vector<store::PlannedRow>>
    planRows(const store::SessionQuery &query, qint64 max, base::Instant now, const base::Call &call) override
    {
        return watch(m_store->planRows(query, max, now, call));
    }
    [[nodiscard]] base::Result<std::vector<store::PlannedRow>>
    findRows(std::span<const QString> ids, QStringList &unmatched, base::Instant now, const base::Call &call) override
    {
        return watch(m_store->findRows(ids, unmatched, now, call));
    }
    [[nodiscard]] base::Result<std::vector<store::PlannedRow>> rowsOfTokens(std::span<const store::PlannedRow> rows,
                                                                            int atLeast, base::Instant now,
                                                                            const base::Call &call) override
    {
        return watch(m_store->rowsOfTokens(rows, atLeast, now, call));
    }
    [[nodiscard]] base::Result<std::optional<store::SessionRow>> lookup(QByteArrayView token,
                                                                        const base::Call &call) override
    {
        return watch(m_store->lookup(token, call));
    }
    [[nodiscard]] base::Result<std::vector<std::optional<store::SessionRow>>>
    lookupMany(std::span<const QByteArrayView> tokens, const base::Call &call) override
    {
        return watch(m_store->lookupMany(tokens, call));
    }
    [[nodiscard]] base::Result<std::vector<std::optional<store::WholeRow>>>
    wholeRows(std::span<const QByteArrayView> tokens, const base::Call &call) override
    {
        return watch(m_store->wholeRows(tokens, call));
    }
    [[nodiscard]] base::Result<std::vector<store::DeleteOutcome>> deleteRows(std::span<const store::RowKey> keys,
                                                                             const base::Call &call) override
    {
        return watch(m_store->deleteRows(keys, call));
    }
    [[nodiscard]] base::Result<std::vector<bool>> stillThere(std::span<const store::RowKey> keys,
                                                             const base::Call &call) override
    {
        return watch(m_store->stillThere(keys, call));
    }
    [[nodiscard]] base::Result<store::CanaryKey> insertCanary(const store::CanaryRow &canary,
                                                              const base::Call &call) override
    {
        return watch(m_store->insertCanary(canary, call));
    }
    [[nodiscard]] base::Status removeCanary(const store::CanaryKey &canary, const base::Call &call) override
    {
        return watch(m_store->removeCanary(canary, call));
    }
    [[nodiscard]] base::Status extend(QByteArrayView token, base::Instant expires, const base::Call &call) override
    {
        return watch(m_store->extend(token, expires, call));
    }
    [[nodiscard]] base::Status deleteExpired(QByteArrayView token, base::Instant now, const base::Call &call) override
    {
        return watch(m_store->deleteExpired(token, now, call));
    }
    [[nodiscard]] QString deleteStatement() const override { return m_store->deleteStatement(); }
    [[nodiscard]] base::Result<base::Instant> serverTime(const base::Call &call) override
    {
        return watch(m_store->serverTime(call));
    }
    /// Its answers are not watched; a link that broke under it is noticed by the next function of the store.
    [[nodiscard]] store::StoreInspector *inspector() override { return m_store->inspector(); }
    /// As inspector(), both.
    [[nodiscard]] store::KeptRows *keptRows() override { return m_store->keptRows(); }
    [[nodiscard]] store::ExpiredRows *expiredRows() override { return m_store->expiredRows(); }
    /// Likewise.
    [[nodiscard]] store::UserDirectory *users() override { return m_store->users(); }

private:
    template <typename Answer>
    Answer watch(Answer answer)
    {
        m_broken = m_broken || (!answer && base::isLostLink(answer.error().code));
        return answer;
    }

    std::unique_ptr<store::SessionStore> m_store;
    bool m_broken = false;
};

} // namespace rollcall::deployment
