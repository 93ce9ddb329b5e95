#pragma once

#include <QObject>

#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/revoke/BlastRadius.h"
#include "core/revoke/RuleProof.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::jwt {

/// Reads which not-before rules are in force, and has canary tokens prove that the deployment honours them. Of proofs
/// the last one asked for is answered, unless it was dropped. Writes nothing. **Thread-safety:** GUI thread only; never
/// blocks.
class RuleReader final : public QObject
{
    Q_OBJECT

public:
    /// @p connection is borrowed and outlives the reader.
    explicit RuleReader(common::OpenConnection &connection, QObject *parent = nullptr);
    ~RuleReader() override;

    /// Reads the rules; ends in ready() or failed().
    void read();
    /// Counts whom it signs out that everybody's sessions are ended; ends in counted().
    void count();
    /// Asks the deployment with two canary tokens, one from before and one from after @p notBefore of everybody's rule;
    /// ends in proved() or proofFailed().
    void prove(base::Instant notBefore);
    /// Asks no more; no answer comes.
    void dropProof();
    [[nodiscard]] bool isProving() const { return m_proving; }

Q_SIGNALS:
    void counted(const rollcall::revoke::BlastRadius &radius);
    void ready(const std::vector<rollcall::revoke::NotBeforeRule> &rules);
    void proved(const rollcall::revoke::RuleProof &proof);
    void failed(const rollcall::base::Error &error);
    void proofFailed(const rollcall::base::Error &error);

private:
    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    std::stop_source m_stopProof;
    quint64 m_proofGeneration = 0;
    bool m_proving = false;
};

} // namespace rollcall::jwt
