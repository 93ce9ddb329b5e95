#pragma once

#include <QObject>

#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/findings/Findings.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::overview {

/// What one look at a deployment came to.
struct Overview
{
    std::optional<findings::Survey> survey; ///< nullopt where no table holds sessions
    std::vector<findings::Finding> findings;
    std::chrono::nanoseconds took{0};
};

/// Surveys the deployment on its counting worker; a newer call replaces the older. **Thread-safety:** GUI thread only;
/// never blocks.
class OverviewReader final : public QObject
{
    Q_OBJECT

public:
    /// @p connection is borrowed and outlives this object.
    explicit OverviewReader(common::OpenConnection &connection, QObject *parent = nullptr);
    ~OverviewReader() override;

    /// Ends in ready() or failed(), unless a newer call or cancel() comes first. @p depth: how much of a large table
    /// may be read.
    void read(findings::Depth depth);
    /// Stops what runs, at the server too, and forgets it.
    void cancel();

Q_SIGNALS:
    void ready(const rollcall::overview::Overview &overview);
    void failed(const rollcall::base::Error &error);

private:
    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    quint64 m_generation = 0;
};

} // namespace rollcall::overview
