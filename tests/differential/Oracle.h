#pragma once

#include <QProcess>

#include <vector>

#include "tests/differential/Json.h"

namespace rollcall::differential {

/// The real packages, in one Node.js process that lives as long as this object. **Thread-safety:** one thread.
class Oracle final
{
public:
    /// Starts @p node (a path) with the oracle's program; `ROLLCALL_DEPLOY_DIR` must name where the packages are.
    explicit Oracle(const QString &node);
    ~Oracle();
    Oracle(const Oracle &) = delete;
    Oracle &operator=(const Oracle &) = delete;

    /// The answers to @p requests, in their order; fewer where the process died. Blocks, at most 60 s for each answer.
    [[nodiscard]] std::vector<JsonValue> ask(const std::vector<JsonValue> &requests);

private:
    [[nodiscard]] bool readLine(QByteArray &line);

    QProcess m_process;
};

} // namespace rollcall::differential
