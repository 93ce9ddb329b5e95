#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace rollcall::test {

/// One of the real deployments of tests/deployments, running with its users signed in; ended by the destructor.
/// **Thread-safety:** belongs to one thread.
class NextDeployment final
{
public:
    /// A sign-in that really happened.
    struct SignIn
    {
        QString user, name, email, provider;
        QString cookieFile;
        QByteArray cookieHeader;
        QByteArray token; ///< the session token in it
    };

    /// Starts @p app ("v4-database", …; see tests/deployments/README.md), building it first where needed. @p why says
    /// what went wrong where the answer is null. @p more: further words for the launcher ("--env", "NAME=VALUE").
    [[nodiscard]] static std::unique_ptr<NextDeployment> start(const QString &app, QString &why,
                                                               const QStringList &more = {});
    ~NextDeployment();

    [[nodiscard]] bool hasRows() const
    {
        return m_description.value(QStringLiteral("strategy")) == QStringLiteral("database");
    }
    [[nodiscard]] QString text(const char *member) const
    {
        return m_description.value(QLatin1StringView(member)).toString();
    }
    /// "v4", "v5".
    [[nodiscard]] QString version() const { return text("version"); }
    [[nodiscard]] QByteArray secret() const;
    [[nodiscard]] QByteArray databasePassword() const;
    [[nodiscard]] QStringList routes(const QString &kind) const;
    [[nodiscard]] const std::vector<SignIn> &signIns() const { return m_signIns; }

    /// Runs one SQL statement on the deployment's database; false (with a warning) where that failed.
    [[nodiscard]] bool sql(const QString &statement) const;

private:
    NextDeployment() = default;

    QProcess m_process;
    QJsonObject m_description;
    std::vector<SignIn> m_signIns;
};

} // namespace rollcall::test
