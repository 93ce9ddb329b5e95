#pragma once

#include <QTemporaryDir>

#include <atomic>
#include <mutex>

#include "core/audit/AuditLog.h"
#include "core/deployment/Deployment.h"
#include "core/revoke/Revoker.h"
#include "core/workspace/Workspace.h"
#include "tests/support/FakeDeployment.h"
#include "tests/support/FaultyStore.h"

struct sqlite3;

namespace rollcall::test {

/// Users u1 … u5 with a live session each in a SQLite file, a deployment that looks its cookies up there, an audit log.
class RevokeFixture final
{
public:
    /// @p cache: an address; empty: none. @p encoding: of the SQLite file.
    explicit RevokeFixture(bool withUrl = true, const QString &cache = {}, const QByteArray &encoding = "UTF-8");
    ~RevokeFixture();

    [[nodiscard]] static QByteArray token(int user);
    /// How many session rows there are.
    [[nodiscard]] int rows() const;
    /// How many rows of user @p user there are.
    [[nodiscard]] int rowsOf(int user) const;
    void run(const QByteArray &sql) const;

    /// A plan for the sessions of users 1 … @p count.
    [[nodiscard]] revoke::RevocationPlan plan(int count) const;
    [[nodiscard]] base::Result<revoke::RevocationReport> carryOut(const revoke::RevocationPlan &plan,
                                                                  const revoke::RevocationOptions &options);
    /// Goes on with the operation @p id.
    [[nodiscard]] base::Result<revoke::RevocationReport> resume(const QString &id);
    /// Where operations rest that have not ended.
    [[nodiscard]] revoke::OperationPlace place() const;
    /// Those operations.
    [[nodiscard]] std::vector<revoke::Operation> operations() const;
    [[nodiscard]] std::vector<audit::AuditEntry> audited() const;
    [[nodiscard]] base::Call call() const { return base::Call::within(std::chrono::minutes(5), stop.get_token()); }

    QTemporaryDir folder;
    base::SystemClock clock;
    std::stop_source stop;
    std::unique_ptr<base::SecretVault> vault;
    std::unique_ptr<audit::AuditLog> log;
    std::atomic<bool> acceptsAll{false};  ///< the deployment accepts every cookie
    std::atomic<bool> acceptsNone{false}; ///< the deployment refuses every cookie
    std::atomic<int> askedWhileLive{0};   ///< questions about users' sessions whose row was still there
    std::function<std::optional<Reply>(const ScriptedServer::Request &)> instead; ///< set before the first request
    std::unique_ptr<FakeDeployment> fake;
    std::shared_ptr<deployment::Deployment> deployment;
    std::unique_ptr<FaultyStore> store;
    std::function<void(const revoke::RevocationProgress &)> onProgress;

private:
    [[nodiscard]] int number(const QByteArray &sql, const QByteArray &bound = {}) const;

    mutable std::mutex m_mutex;
    sqlite3 *m_handle = nullptr;
};

} // namespace rollcall::test
