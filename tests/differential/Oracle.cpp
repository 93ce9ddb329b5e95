#include "tests/differential/Oracle.h"

#include "tests/support/TestPaths.h"

namespace rollcall::differential {

namespace {

constexpr int patienceMs = 60'000;

} // namespace

Oracle::Oracle(const QString &node)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(node, {test::sourceFile(QStringLiteral("tests/differential/node/oracle.mjs"))});
}

Oracle::~Oracle()
{
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(patienceMs))
        m_process.kill();
}

std::vector<JsonValue> Oracle::ask(const std::vector<JsonValue> &requests)
{
    for (std::size_t i = 0; i < requests.size(); ++i) {
        JsonValue request = requests.at(i);
        // The answers are written when a batch ends: a write for each would cost more than many an answer.
        if (i + 1 == requests.size())
            request.set(QStringLiteral("flush"), JsonValue(true));
        m_process.write(jose::printJson(request) + '\n');
    }
    std::vector<JsonValue> answers;
    answers.reserve(requests.size());
    QByteArray line;
    while (answers.size() < requests.size() && readLine(line)) {
        auto answer = jose::parseJson(QString::fromUtf8(line));
        if (!answer)
            break;
        answers.push_back(std::move(*answer));
    }
    return answers;
}

bool Oracle::readLine(QByteArray &line)
{
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(patienceMs))
            return false;
    }
    line = m_process.readLine();
    return true;
}

} // namespace rollcall::differential
