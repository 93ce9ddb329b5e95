#include "app/ctl/Command.h"

#include <QLoggingCategory>

#include "core/base/ErrorText.h"
#include "core/deployment/Demands.h"

namespace rollcall::ctl {

Context::Context(const Arguments &arguments, const CommonOptions &options, OutputWriter &output, std::stop_token stop)
    : m_arguments(arguments),
      m_options(options),
      m_output(output),
      m_stop(std::move(stop)),
      m_workspace(workspace::Folders::standard())
{
    if (options.now)
        m_clock = std::make_unique<base::FixedClock>(*options.now);
    else
        m_clock = std::make_unique<base::SystemClock>();
}

base::SecretVault *Context::vault()
{
    if (!m_vaultOpened) {
        m_vaultOpened = true;
        m_vault = workspace::openVault(m_options.keyFile);
    }
    return m_vault.get();
}

void Context::openVaultQuietly()
{
    QLoggingCategory::setFilterRules(QStringLiteral("rollcall.info=false"));
    (void)vault();
    QLoggingCategory::setFilterRules({});
}

audit::AuditLog Context::auditLog()
{
    return {m_workspace.folders().data, vault(), *m_clock, [this](const base::Error &fault) {
                const base::ErrorText text = base::describe(fault);
                {
                    const base::MutexLock lock(m_faultMutex);
                    if (m_faults.contains(text.message))
                        return;
                    m_faults << text.message;
                }
                m_output.warn(text.message + QLatin1Char(' ') + text.remedy);
            }};
}

base::Result<deployment::ConnectionConfig> Context::connection()
{
    auto config = connectionAsGiven();
    if (config && (config->database || config->cache)) {
        // Demands are of the place: naming it by another connection, or by none, does not take them away.
        const auto saved = m_workspace.profiles();
        if (!saved)
            return base::fail(saved.error());
        deployment::holdToDemands(*config, *saved);
    }
    return config;
}

base::Result<deployment::ConnectionConfig> Context::connectionAsGiven()
{
    auto parts = readConnectionFlags(
        m_arguments, m_workspace, [this] { return vault(); }, call(),
        [this](const QString &warning) { m_output.warn(warning); });
    if (!parts)
        return base::fail(parts.error());
    auto config =
        deployment::ConnectionConfig::from(std::move(parts->profile), std::move(parts->secrets), m_options.timeout);
    if (config) {
        config->baseUrlError = std::move(parts->baseUrlError);
        warnAbout(*config);
    }
    return config;
}

void Context::warnAbout(const deployment::ConnectionConfig &config)
{
    if (config.database && !config.database->ignored.isEmpty()) {
        m_output.warn(QStringLiteral("parameters of the database address that only a deployment's driver knows are "
                                     "ignored: %1.")
                          .arg(config.database->ignored.join(QStringLiteral(", "))));
    }
    // A deliberate exception stays in sight for as long as it is used.
    for (const QString &host : config.profile.insecureHosts) {
        const bool used = (config.database && config.database->host.compare(host, Qt::CaseInsensitive) == 0) ||
                          (config.baseUrl && config.baseUrl->host().compare(host, Qt::CaseInsensitive) == 0);
        if (used)
            m_output.warn(QStringLiteral("the link to %1 is not verified, as --allow-insecure says.").arg(host));
    }
}

} // namespace rollcall::ctl
