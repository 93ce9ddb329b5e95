#include "tests/support/TokenScan.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <array>

namespace rollcall::test {

namespace {

QByteArray utf16(const QByteArray &token, bool bigEndian)
{
    QByteArray wide;
    for (const char letter : token) {
        const char pair[] = {bigEndian ? '\0' : letter, bigEndian ? letter : '\0'};
        wide.append(pair, 2);
    }
    return wide;
}

/// As it stands within Base64 when @p before bytes stand before it: without the letters that others share.
QByteArray withinBase64(const QByteArray &token, int before, QByteArray::Base64Options options)
{
    const QByteArray all = QByteArray(QByteArray(before, '\0') + token).toBase64(options | QByteArray::OmitTrailingEquals);
    const qsizetype from = before == 0 ? 0 : before + 1;
    const qsizetype rest = (before + token.size()) % 3;
    return all.sliced(from, all.size() - from - (rest == 0 ? 0 : 1));
}

QByteArray inJson(const QByteArray &token)
{
    const QByteArray array =
        QJsonDocument(QJsonArray{QString::fromUtf8(token)}).toJson(QJsonDocument::Compact); // ["…"]
    return array.sliced(2, array.size() - 4);
}

QByteArray allPercent(const QByteArray &token)
{
    return '%' + token.toHex('%');
}

} // namespace

TokenScan::TokenScan(const QByteArrayList &tokens)
{
    const std::array alphabets{QByteArray::Base64Encoding, QByteArray::Base64UrlEncoding};
    for (qsizetype i = 0; i < tokens.size(); ++i) {
        const QByteArray &token = tokens.at(i);
        const auto add = [this, i](const char *name, const QByteArray &bytes) {
            m_forms.push_back({QStringLiteral("token %1 as %2").arg(i).arg(QLatin1StringView(name)), bytes});
        };
        add("it is", token);
        add("UTF-16, little end first", utf16(token, false));
        add("UTF-16, big end first", utf16(token, true));
        add("JSON", inJson(token));
        add("percent-encoded", token.toPercentEncoding());
        add("percent-encoded, small", token.toPercentEncoding().toLower());
        add("percent-encoded, all of it", allPercent(token).toUpper());
        add("percent-encoded, all of it, small", allPercent(token));
        add("hexadecimal", token.toHex());
        add("hexadecimal, large", token.toHex().toUpper());
        for (const QByteArray::Base64Option alphabet : alphabets) {
            for (int before = 0; before < 3; ++before)
                add("Base64", withinBase64(token, before, alphabet));
        }
    }
}

QStringList TokenScan::findIn(const QString &name, const QByteArray &content) const
{
    QStringList found;
    for (const Form &form : m_forms) {
        if (content.contains(form.bytes))
            found << name + QStringLiteral(": ") + form.name;
    }
    return found;
}

QStringList TokenScan::findBelow(const QString &folder, const QStringList &without, int &files) const
{
    QStringList found;
    QDirIterator it(folder, QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString path = it.next();
        if (without.contains(path))
            continue;
        found << findIn(path, path.toUtf8());
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            found << path + QStringLiteral(": cannot be read");
            continue;
        }
        found << findIn(path, file.readAll());
        ++files;
    }
    return found;
}

} // namespace rollcall::test
