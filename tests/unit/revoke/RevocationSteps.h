#pragma once

#include "core/revoke/Revoker.h"

namespace rollcall::test {

/// A revocation in batches of @p batchSize. Where it is to @p verify, a refusal is waited for long: what comes ends
/// that.
inline revoke::RevocationOptions options(bool verify, qsizetype batchSize = 100)
{
    revoke::RevocationOptions options;
    options.reason = QStringLiteral("stolen laptop");
    options.verify = verify;
    options.batchSize = batchSize;
    options.verifyFor = std::chrono::seconds(30);
    return options;
}

} // namespace rollcall::test
