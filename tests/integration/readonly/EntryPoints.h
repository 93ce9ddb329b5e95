#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/deployment/Deployment.h"
#include "core/revoke/Operations.h"

namespace rollcall::test {

/// What entry points of core are called with: a deployment, one store of it for reading, where files go.
struct ReadingWorld
{
    const deployment::ConnectionConfig &config;
    std::shared_ptr<const deployment::Deployment> deployment;
    store::SessionStore &store; ///< opened for reading only
    audit::AuditLog &log;
    revoke::OperationPlace place;
    const base::Clock &clock;
};

/// One function of core, called as it is meant to be.
struct EntryPoint
{
    const char *name;
    std::function<base::Status(const ReadingWorld &)> call;
    bool isSqlOnly = false; ///< of what databases with tables alone have
};

/// Every function of core that asks a database. Each is to succeed.
[[nodiscard]] std::vector<EntryPoint> readingEntryPoints();

/// Every function of core that would write to a database. Each is to be refused (WriteRefused), over a store that was
/// opened for reading only.
[[nodiscard]] std::vector<EntryPoint> writingEntryPoints();

} // namespace rollcall::test
