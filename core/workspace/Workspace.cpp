#include "core/workspace/Workspace.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

#include <algorithm>

#include "core/base/FileError.h"
#include "core/base/FileLock.h"
#include "core/workspace/FileRights.h"
#include "core/workspace/ProfileJson.h"

namespace rollcall::workspace {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::SecretBytes;
using base::SecretVault;

namespace {

constexpr int fileVersion = 1;
constexpr qint64 largestFile = 8 << 20;
constexpr std::chrono::seconds longestWait{10};
constexpr qsizetype longestName = 100;

QString xdgFolder(const char *variable, const QString &fallback)
{
    // The specification: relative paths are invalid and to be ignored.
    const QString folder = qEnvironmentVariable(variable);
    return (QDir::isAbsolutePath(folder) ? folder : QDir::homePath() + fallback) + QStringLiteral("/rollcall");
}

QString fileIn(const Folders &folders)
{
    return folders.config + QStringLiteral("/connections.json");
}

/// Everything secret of one connection is one entry: a keychain answers each read with a round trip of its own.
QString vaultName(const QString &connection)
{
    return QStringLiteral("connection ") + connection;
}

base::Status storeProfiles(const QString &path, const std::vector<ConnectionProfile> &profiles)
{
    QJsonArray connections;
    for (const ConnectionProfile &profile : profiles)
        connections.append(profileToJson(profile));
    const QByteArray text =
        QJsonDocument(QJsonObject{{QStringLiteral("format"), QStringLiteral("rollcall-connections")},
                                  {QStringLiteral("version"), fileVersion},
                                  {QStringLiteral("connections"), connections}})
            .toJson();
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) ||
        file.write(text) != text.size() || !file.commit())
        return base::fail(base::fileError(ErrorCode::FileUnwritable, path, file.errorString()));
    return {};
}

/// Holds the saved connections against other processes while they are read, changed and written.
class Guard
{
public:
    Guard(const QString &folder, const Call &call)
    {
        if (makePrivateFolder(folder))
            m_lock.emplace(folder + QStringLiteral("/connections.lock"), call.atMost(longestWait));
    }
    [[nodiscard]] base::Status status(const QString &path) const
    {
        if (m_lock && m_lock->isHeld())
            return {};
        if (m_lock && m_lock->state() == base::FileLock::State::Busy)
            return base::fail(
                base::fileError(ErrorCode::FileUnwritable, path, QStringLiteral("another Rollcall holds it")));
        return base::fail(
            base::fileError(ErrorCode::FileUnwritable, path, QStringLiteral("its folder cannot be written")));
    }

private:
    std::optional<base::FileLock> m_lock; ///< nullopt: the folder could not be made
};

/// One `word base64` a line: database, cache, then the secrets in order.
SecretBytes pack(const ConnectionSecrets &secrets)
{
    QByteArray text;
    const auto add = [&](const char *word, const SecretBytes &secret) {
        QByteArray encoded = secret.view().toByteArray().toBase64();
        text += QByteArray(word) + ' ' + encoded + '\n';
        base::wipe(encoded);
    };
    if (!secrets.databaseUrl.isEmpty())
        add("database", secrets.databaseUrl);
    if (!secrets.cacheUrl.isEmpty())
        add("cache", secrets.cacheUrl);
    for (const SecretBytes &secret : secrets.authSecrets)
        add("secret", secret);
    for (const auto &[version, indices] : secrets.readBy) {
        text += "read-by " + versionName(version).toLatin1();
        for (const std::size_t index : indices)
            text += ' ' + QByteArray::number(qulonglong{index});
        text += '\n';
    }
    return SecretBytes::fromAndWipe(text);
}

/// Reads "v4 0 2" into @p secrets; what names no library or no secret is passed over.
void unpackReaders(const QByteArray &text, ConnectionSecrets &secrets)
{
    const QList<QByteArray> words = text.split(' ');
    for (const auto version : {session::AuthVersion::V4, session::AuthVersion::V5, session::AuthVersion::BetterAuth}) {
        if (words.first() != versionName(version).toLatin1())
            continue;
        std::vector<std::size_t> &indices = secrets.readBy[version];
        for (const QByteArray &word : words.sliced(1)) {
            bool ok = false;
            if (const qulonglong index = word.toULongLong(&ok); ok)
                indices.push_back(static_cast<std::size_t>(index));
        }
    }
}

ConnectionSecrets unpack(const SecretBytes &packed)
{
    ConnectionSecrets secrets;
    QList<QByteArray> lines = packed.view().toByteArray().split('\n');
    for (QByteArray &line : lines) {
        const qsizetype blank = line.indexOf(' ');
        if (blank < 0)
            continue;
        if (line.startsWith("read-by ")) {
            unpackReaders(line.mid(blank + 1), secrets);
            continue;
        }
        QByteArray decoded = QByteArray::fromBase64(line.mid(blank + 1));
        if (line.startsWith("database "))
            secrets.databaseUrl = SecretBytes::fromAndWipe(decoded);
        else if (line.startsWith("cache "))
            secrets.cacheUrl = SecretBytes::fromAndWipe(decoded);
        else if (line.startsWith("secret "))
            secrets.authSecrets.push_back(SecretBytes::fromAndWipe(decoded));
        base::wipe(line);
    }
    return secrets;
}

bool isName(const QString &name)
{
    return !name.trimmed().isEmpty() && name.size() <= longestName &&
           std::none_of(name.cbegin(), name.cend(), [](QChar c) { return c.category() == QChar::Other_Control; });
}

/// @p database with the path of a SQLite file as it is from here: saved, it is read from other folders.
QString absoluteSqlite(const QString &database)
{
    const qsizetype colon = database.indexOf(QLatin1Char(':'));
    const QString scheme = database.first(std::max<qsizetype>(colon, 0)).trimmed().toLower();
    const QString path = database.mid(colon + 1);
    if ((scheme != QStringLiteral("sqlite") && scheme != QStringLiteral("file")) || path.isEmpty() ||
        QDir::isAbsolutePath(path))
        return database;
    return scheme + QLatin1Char(':') + QDir::current().filePath(path);
}

} // namespace

Folders Folders::standard()
{
    return {xdgFolder("XDG_CONFIG_HOME", QStringLiteral("/.config")),
            xdgFolder("XDG_DATA_HOME", QStringLiteral("/.local/share")),
            xdgFolder("XDG_STATE_HOME", QStringLiteral("/.local/state"))};
}

Folders Folders::below(const QString &root)
{
    return {root + QStringLiteral("/config"), root + QStringLiteral("/data"), root + QStringLiteral("/state")};
}

Workspace::Workspace(Folders folders) : m_folders(std::move(folders)) {}

base::Result<std::vector<ConnectionProfile>> Workspace::profiles() const
{
    const QString path = fileIn(m_folders);
    std::vector<ConnectionProfile> result;
    QFile file(path);
    if (!file.exists())
        return result;
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
    const QByteArray text = file.read(largestFile + 1);
    QJsonParseError parsing;
    const QJsonObject json = QJsonDocument::fromJson(text, &parsing).object();
    if (parsing.error != QJsonParseError::NoError)
        return base::fail(
            base::fileError(ErrorCode::FileFormatInvalid, path, parsing.errorString())
                .with(ErrorParam::Line,
                      qint64(1 + text.first(std::clamp<qsizetype>(parsing.offset, 0, text.size())).count('\n'))));
    if (json.value(QStringLiteral("format")) != QStringLiteral("rollcall-connections") ||
        json.value(QStringLiteral("version")) != fileVersion)
        return base::fail(base::fileError(ErrorCode::FileFormatInvalid, path,
                                          QStringLiteral("not saved connections of version %1").arg(fileVersion)));
    const QJsonArray connections = json.value(QStringLiteral("connections")).toArray();
    for (const auto &connection : connections) {
        auto profile = profileFromJson(connection.toObject(), path);
        if (!profile)
            return base::fail(profile.error());
        result.push_back(std::move(*profile));
    }
    std::ranges::sort(result, {}, &ConnectionProfile::name);
    return result;
}

base::Result<ConnectionProfile> Workspace::profile(const QString &name) const
{
    auto all = profiles();
    if (!all)
        return base::fail(all.error());
    const auto found = std::ranges::find(*all, name, &ConnectionProfile::name);
    if (found == all->end())
        return base::fail(Error(ErrorCode::UnknownConnection).with(ErrorParam::Name, name));
    return std::move(*found);
}

base::Status Workspace::save(const ConnectionProfile &given, const ConnectionSecrets &secrets, SecretVault *vault,
                             const Call &call)
{
    if (!isName(given.name))
        return base::fail(
            Error(ErrorCode::UsageInvalid)
                .with(ErrorParam::Flag, QStringLiteral("name"))
                .with(ErrorParam::Detail, QStringLiteral("a connection's name has 1 to 100 printable characters")));
    ConnectionProfile profile = given;
    profile.database = absoluteSqlite(profile.database);
    {
        const Guard guard(m_folders.config, call);
        if (auto status = guard.status(fileIn(m_folders)); !status)
            return status;
        auto all = profiles();
        if (!all)
            return base::fail(all.error());
        const auto found = std::ranges::find(*all, profile.name, &ConnectionProfile::name);
        if (found == all->end())
            all->push_back(profile);
        else
            *found = profile;
        std::ranges::sort(*all, {}, &ConnectionProfile::name);
        if (auto status = storeProfiles(fileIn(m_folders), *all); !status)
            return status;
    }
    if (!vault)
        return secrets.isEmpty() ? base::Status{} : base::fail(Error(ErrorCode::NoKeyStore));
    return secrets.isEmpty() ? vault->remove(vaultName(profile.name), call)
                             : vault->write(vaultName(profile.name), pack(secrets), call);
}

base::Result<ConnectionSecrets> Workspace::secrets(const QString &name, SecretVault *vault, const Call &call) const
{
    if (!vault)
        return ConnectionSecrets{};
    const auto packed = vault->read(vaultName(name), call);
    if (!packed)
        return base::fail(packed.error());
    return *packed ? unpack(**packed) : ConnectionSecrets{};
}

base::Status Workspace::remove(const QString &name, SecretVault *vault, const Call &call)
{
    {
        const Guard guard(m_folders.config, call);
        if (auto status = guard.status(fileIn(m_folders)); !status)
            return status;
        auto all = profiles();
        if (!all)
            return base::fail(all.error());
        if (std::erase_if(*all, [&](const ConnectionProfile &profile) { return profile.name == name; }) == 0)
            return base::fail(Error(ErrorCode::UnknownConnection).with(ErrorParam::Name, name));
        if (auto status = storeProfiles(fileIn(m_folders), *all); !status)
            return status;
    }
    return vault ? vault->remove(vaultName(name), call) : base::Status{};
}

} // namespace rollcall::workspace
