#include "tests/integration/scale/ScaleDatabase.h"

#include "core/base/ErrorText.h"
#include "tests/support/TestPaths.h"

namespace rollcall::test {

ScaleDatabase::ScaleDatabase()
{
    m_text = qgetenv("ROLLCALL_SCALE_URL");
    if (m_text.isEmpty()) {
        const QString name = QStringLiteral("scale");
        m_server = std::make_unique<PostgresServer>();
        m_problem = m_server->problem();
        if (m_problem.isEmpty())
            m_problem = m_server->createDatabase(name);
        if (m_problem.isEmpty())
            m_problem = m_server->runSqlFile(name, sourceFile(QStringLiteral("tests/data/scale/pg-adapter.sql")),
                                             {QStringLiteral("sessions=%1").arg(fewSessions)}, 60'000);
        if (!m_problem.isEmpty())
            return;
        const store::DatabaseUrl url = m_server->url(name);
        m_text = "postgresql://postgres:" + url.password.view().toByteArray() +
                 "@127.0.0.1:" + QByteArray::number(url.port) + "/" + name.toLatin1();
    }
    auto parsed = store::DatabaseUrl::parse(m_text);
    if (parsed)
        m_url = std::move(*parsed);
    else
        m_problem = base::oneLine(parsed.error());
}

} // namespace rollcall::test
