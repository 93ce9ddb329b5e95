#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <vector>

namespace rollcall::test {

/// Looks for tokens in whatever a program wrote, in every form in which it could have written them: as they are, as
/// UTF-16, escaped for JSON, percent-encoded, in hexadecimal, and in Base64 of either alphabet wherever in it they
/// begin. **Thread-safety:** reentrant.
class TokenScan final
{
public:
    explicit TokenScan(const QByteArrayList &tokens);

    /// "NAME: token N as FORM" for each that @p content holds.
    [[nodiscard]] QStringList findIn(const QString &name, const QByteArray &content) const;
    /// The same of all files below @p folder, hidden ones too, but of those named in @p without. Their names are
    /// searched as well. @p files counts those that were read.
    [[nodiscard]] QStringList findBelow(const QString &folder, const QStringList &without, int &files) const;

private:
    struct Form
    {
        QString name;
        QByteArray bytes;
    };
    std::vector<Form> m_forms;
};

} // namespace rollcall::test
