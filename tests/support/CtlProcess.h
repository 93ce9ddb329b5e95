#pragma once

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <chrono>
#include <functional>
#include <vector>

class QProcess;

namespace rollcall::test {

/// What one run of rollcallctl said and how it ended.
struct CtlResult
{
    int exitCode = -1; ///< -1: it crashed or had to be killed
    QByteArray out;
    QByteArray err;

    /// Standard output as one JSON document with one line end; empty where it is none.
    [[nodiscard]] QJsonObject json() const;
    /// Standard output as NDJSON; elements that are no objects are empty.
    [[nodiscard]] std::vector<QJsonObject> lines() const;
    /// `error.code` of the document.
    [[nodiscard]] QString errorCode() const;
    /// Everything, for failure messages.
    [[nodiscard]] QByteArray all() const;
};

/// An argument a word: words("sessions list --limit 5").
[[nodiscard]] QStringList words(const char *text);
/// What the file at @p path holds; empty where it cannot be read.
[[nodiscard]] QByteArray contentOf(const QString &path);

/// Runs the built rollcallctl as a user would, with folders, key file and environment of its own.
/// **Thread-safety:** belongs to one thread.
class CtlProcess final
{
public:
    CtlProcess();

    /// Bytes that no output and no file of ours may ever hold: each later run fails the test where one is found.
    void neverShow(const QByteArray &secret);
    /// Adds an environment variable for later runs.
    void setEnvironment(const QString &name, const QString &value) { m_environment.insert(name, value); }
    void unsetEnvironment(const QString &name) { m_environment.remove(name); }

    /// Runs to the end; @p input is standard input.
    CtlResult run(const QStringList &arguments, const QByteArray &input = {},
                  std::chrono::seconds limit = std::chrono::seconds(60));

    /// Runs until @p until answers true for what stands on standard output so far (or @p limit is over), then sends
    /// @p signal and waits for the end.
    CtlResult runUntil(const QStringList &arguments, const std::function<bool(const QByteArray &out)> &until,
                       int signal, std::chrono::seconds limit = std::chrono::seconds(60));

    /// A folder of this object, removed with it; XDG folders and key file are below.
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    /// Writes a file with mode 0600 into folder() and returns its path.
    QString writeFile(const QString &name, const QByteArray &content);

private:
    void prepare(QProcess &process) const;
    void checkSecrets(const CtlResult &result, const QStringList &arguments) const;

    QTemporaryDir m_folder;
    QMap<QString, QString> m_environment;
    std::vector<QByteArray> m_secrets;
};

} // namespace rollcall::test
