#pragma once

#include <functional>
#include <memory>

#include "core/store/SessionStore.h"

namespace rollcall::test {

/// A real store whose deletes can be made to fail: before anything is deleted, or after the commit (a link that broke
/// during it). **Thread-safety:** as the store it wraps.
class FaultyStore final : public store::SessionStore
{
public:
    /// Asked before each delete (from 1) and after its commit; an error is answered in place of the outcome.
    using Fault = std::function<std::optional<base::Error>(int number)>;

    explicit FaultyStore(std::unique_ptr<store::SessionStore> store) : m_store(std::move(store)) {}

    Fault beforeDelete;
    Fault afterCommit;

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
        if (beforeDelete) {
            if (auto error = beforeDelete(number))
                return base::fail(std::move(*error));
        }
        auto outcome = m_store->deleteRows(keys, call);
        if (outcome && afterCommit) {
            if (auto error = afterCommit(number))
                return base::fail(std::move(*error));
        }
        return outcome;
    }
    [[nodiscard]] base::Result<std::vector<bool>> stillThere(std::span<const store::RowKey> keys,
                                                             const base::Call &call) override
    {
        return m_store->stillThere(keys, call);
    }
    [[nodiscard]] base::Result<store::CanaryKey> insertCanary(const store::CanaryRow &canary,
                                                              const base::Call &call) override
    {
        return m_store->insertCanary(canary, call);
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

private:
    std::unique_ptr<store::SessionStore> m_store;
    int m_deletes = 0;
};

} // namespace rollcall::test
