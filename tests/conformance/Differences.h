#pragma once

#include <QString>
#include <QStringList>

#include "core/jose/JsonText.h"

namespace rollcall::conformance {

/// What a case's outcome and its expectation differ in, a line each; empty where they agree.
/// **Thread-safety:** reentrant value.
class Differences final
{
public:
    /// Adds a difference that no comparison tells: a malformed case, an unknown word.
    void add(const QString &what) { m_lines << what; }

    /// Adds a difference where @p actual is not @p expected. @p what names the thing compared.
    void compare(const QString &what, const QByteArray &actual, const QByteArray &expected);
    void compare(const QString &what, const QString &actual, const QString &expected);
    void compare(const QString &what, bool actual, bool expected);
    void compare(const QString &what, qint64 actual, qint64 expected);
    /// Compares as JSON.stringify prints them, so member order counts.
    void compare(const QString &what, const jose::JsonValue &actual, const jose::JsonValue &expected);

    [[nodiscard]] bool isEmpty() const { return m_lines.isEmpty(); }
    [[nodiscard]] const QStringList &lines() const { return m_lines; }

private:
    QStringList m_lines;
};

} // namespace rollcall::conformance
