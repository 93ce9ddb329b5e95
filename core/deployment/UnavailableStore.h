#pragma once

#include "core/store/SessionStore.h"

namespace rollcall::deployment {

/// Stands for a database that could not be read: every function answers with that error, so that a resolution ends with
/// the reason that the library's adapter would give. **Thread-safety:** immutable.
class UnavailableStore final : public store::SessionStore
{
public:
    explicit UnavailableStore(base::Error error) : m_error(std::move(error)) {}

    [[nodiscard]] base::Result<store::SessionPage> page(const store::SessionQuery &, const std::optional<QByteArray> &,
                                                        base::Instant, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<store::SessionStats> stats(base::Instant, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<qint64> count(const store::SessionQuery &, base::Instant, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<std::vector<store::PlannedRow>> planRows(const store::SessionQuery &, qint64,
                                                                        base::Instant, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<std::vector<store::PlannedRow>> findRows(std::span<const QString>, QStringList &,
                                                                        base::Instant, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<std::optional<store::SessionRow>> lookup(QByteArrayView, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<std::vector<std::optional<store::SessionRow>>>
    lookupMany(std::span<const QByteArrayView>, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<std::vector<std::optional<store::WholeRow>>> wholeRows(std::span<const QByteArrayView>,
                                                                                      const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<std::vector<store::DeleteOutcome>> deleteRows(std::span<const store::RowKey>,
                                                                             const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<std::vector<bool>> stillThere(std::span<const store::RowKey>,
                                                             const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Result<store::CanaryKey> insertCanary(const store::CanaryRow &, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Status removeCanary(const store::CanaryKey &, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Status extend(QByteArrayView, base::Instant, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] base::Status deleteExpired(QByteArrayView, base::Instant, const base::Call &) override
    {
        return base::fail(m_error);
    }
    [[nodiscard]] QString deleteStatement() const override { return {}; }
    [[nodiscard]] base::Result<base::Instant> serverTime(const base::Call &) override { return base::fail(m_error); }

private:
    base::Error m_error;
};

} // namespace rollcall::deployment
