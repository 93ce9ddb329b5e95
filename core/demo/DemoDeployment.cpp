#include "core/demo/DemoDeployment.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QUuid>

#include <optional>

#include "core/base/Clock.h"
#include "core/demo/DemoData.h"
#include "core/demo/DemoSite.h"
#include "core/engine/SessionEngine.h"
#include "core/jose/TokenCodec.h"
#include "core/workspace/FileRights.h"

namespace rollcall::demo {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::SecretBytes;
using session::AuthProfile;
using session::Strategy;

namespace {

constexpr qint64 maxSmallFile = 4096;

Error unwritable(const QString &path, const QString &detail)
{
    return Error(ErrorCode::FileUnwritable).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail);
}

/// Writes @p secret into @p path for its owner alone, replacing what is there.
base::Status writePrivate(const QString &path, const SecretBytes &secret)
{
    // Made anew, so that nobody who has an older file open reads the secret.
    QFile::remove(path);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) ||
        !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner) ||
        file.write(secret.view().data(), secret.size()) != secret.size() || !file.flush())
        return base::fail(unwritable(path, file.errorString()));
    return {};
}

SecretBytes randomText(std::size_t bytes)
{
    std::vector<quint32> words((bytes + 3) / 4);
    QRandomGenerator::system()->fillRange(words.data(), static_cast<qsizetype>(words.size()));
    QByteArray raw(reinterpret_cast<const char *>(words.data()), static_cast<qsizetype>(bytes));
    QByteArray text = raw.toBase64();
    base::wipe(raw);
    return SecretBytes::fromAndWipe(text);
}

/// The secret in @p path; made up and written there where there is none.
base::Result<SecretBytes> secretIn(const QString &path)
{
    QFile file(path);
    if (!file.exists()) {
        SecretBytes secret = randomText(32);
        if (base::Status status = writePrivate(path, secret); !status)
            return base::fail(std::move(status.error()));
        return secret;
    }
    if (!file.open(QIODevice::ReadOnly)) {
        return base::fail(
            Error(ErrorCode::FileUnreadable).with(ErrorParam::Path, path).with(ErrorParam::Detail, file.errorString()));
    }
    QByteArray text = file.read(maxSmallFile);
    QByteArray trimmed = text.trimmed();
    base::wipe(text);
    if (trimmed.isEmpty())
        return base::fail(Error(ErrorCode::SecretMissing).with(ErrorParam::Detail, path));
    return SecretBytes::fromAndWipe(trimmed);
}

std::shared_ptr<const AuthProfile> profileOf(Strategy strategy, const SecretBytes &secret)
{
    auto profile = std::make_shared<AuthProfile>();
    profile->version = session::AuthVersion::V5;
    profile->strategy = strategy;
    profile->secrets.push_back(secret.clone());
    return profile;
}

QUrl originOf(const DemoServer &server)
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.port()));
}

} // namespace

class DemoDeployment::Private
{
public:
    /// One of the two deployments; members go in reverse order, the server first.
    struct Site
    {
        std::unique_ptr<DemoBackendPool> backends;
        std::unique_ptr<DemoSite> site;
        std::unique_ptr<DemoServer> server;
    };

    base::Status prepareFolder(const DemoOptions &options);
    base::Status prepareDatabase(const DemoOptions &options, const AuthProfile &database, const Call &call);
    base::Status writeJwtCookie(const AuthProfile &profile) const;
    base::Result<Site> open(std::shared_ptr<const AuthProfile> profile, const store::SchemaProfile &schema,
                            quint16 port, const Call &call);
    [[nodiscard]] QString path(const QString &name) const { return info.dir + QLatin1Char('/') + name; }
    [[nodiscard]] store::DatabaseUrl databaseUrl() const;

    base::SystemClock clock;
    std::optional<QTemporaryDir> temporary;
    DemoInfo info;
    Site database;
    Site jwt;
};

store::DatabaseUrl DemoDeployment::Private::databaseUrl() const
{
    store::DatabaseUrl url;
    url.kind = store::DatabaseKind::Sqlite;
    url.database = path(QStringLiteral("demo.db"));
    return url;
}

base::Status DemoDeployment::Private::prepareFolder(const DemoOptions &options)
{
    if (options.dir.isEmpty()) {
        temporary.emplace(QDir::tempPath() + QStringLiteral("/rollcall-demo-XXXXXX"));
        if (!temporary->isValid())
            return base::fail(unwritable(temporary->path(), temporary->errorString()));
        info.dir = temporary->path();
    } else {
        info.dir = QDir(options.dir).absolutePath();
        if (!workspace::makePrivateFolder(info.dir))
            return base::fail(unwritable(info.dir, QStringLiteral("the folder cannot be made")));
    }
    info.databaseUrl = QStringLiteral("sqlite:") + path(QStringLiteral("demo.db"));
    info.secretFile = path(QStringLiteral("secret"));
    info.keyFile = path(QStringLiteral("keys"));
    info.cookieFile = path(QStringLiteral("visitor.cookie"));
    info.jwtCookieFile = path(QStringLiteral("visitor-jwt.cookie"));
    info.routes = DemoSite::routes();
    return {};
}

base::Status DemoDeployment::Private::prepareDatabase(const DemoOptions &options, const AuthProfile &profile,
                                                      const Call &call)
{
    const QString file = path(QStringLiteral("demo.db"));
    if (QFile::exists(file)) {
        const base::Result<bool> ours = isDemoDatabase(file);
        if (!ours)
            return base::fail(ours.error());
        if (*ours)
            return {};
        return base::fail(Error(ErrorCode::FileFormatInvalid)
                              .with(ErrorParam::Path, file)
                              .with(ErrorParam::Detail, QStringLiteral("it is no database of the demo")));
    }
    QByteArray token = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    DemoVisitor visitor;
    visitor.token = SecretBytes::fromAndWipe(token);
    DemoPopulation population;
    population.sessions = options.sessions;
    population.seed = options.seed;
    population.now = clock.now();
    if (base::Status status = createDemoDatabase(file, population, visitor, call); !status)
        return status;
    return writePrivate(info.cookieFile, engine::cookieHeaderFor(profile, visitor.token));
}

base::Status DemoDeployment::Private::writeJwtCookie(const AuthProfile &profile) const
{
    const DemoVisitor visitor;
    const QByteArray claims =
        "{\"name\":\"" + visitor.name.toUtf8() + "\",\"email\":\"" + visitor.email.toUtf8() + "\",\"sub\":\"visitor\"}";
    const base::Result<SecretBytes> token = jose::encodeToken(
        profile.version, claims, profile.secrets, engine::sessionCookieName(profile), profile.lifetime(), clock.now());
    if (!token)
        return base::fail(token.error());
    return writePrivate(info.jwtCookieFile, engine::cookieHeaderFor(profile, *token));
}

base::Result<DemoDeployment::Private::Site> DemoDeployment::Private::open(std::shared_ptr<const AuthProfile> profile,
                                                                          const store::SchemaProfile &schema,
                                                                          quint16 port, const Call &call)
{
    Site made;
    made.backends = std::make_unique<DemoBackendPool>(databaseUrl(), schema, profile, clock);
    // Opened once now, so that what is wrong is said at the start and the first request is not the slowest.
    if (base::Result<DemoBackendPool::Lease> backend = made.backends->borrow(call); !backend)
        return base::fail(std::move(backend.error()));
    base::Result<std::unique_ptr<DemoServer>> server = DemoServer::listen(port);
    if (!server)
        return base::fail(std::move(server.error()));
    made.server = std::move(*server);
    made.site = std::make_unique<DemoSite>(originOf(*made.server), std::move(profile), *made.backends);
    const base::Status started =
        made.server->start([site = made.site.get()](const http::HttpMessage &request, const Call &requestCall) {
            return site->answer(request, requestCall);
        });
    if (!started)
        return base::fail(started.error());
    return made;
}

DemoDeployment::DemoDeployment(std::unique_ptr<Private> implementation) : d(std::move(implementation)) {}

DemoDeployment::~DemoDeployment()
{
    stop();
}

const DemoInfo &DemoDeployment::info() const
{
    return d->info;
}

void DemoDeployment::stop()
{
    d->jwt.server.reset();
    d->database.server.reset();
    d->jwt = {};
    d->database = {};
}

base::Result<std::unique_ptr<DemoDeployment>> DemoDeployment::start(const DemoOptions &options, const Call &call)
{
    if (options.sessions < 1 || options.sessions > 1'000'000) {
        return base::fail(Error(ErrorCode::UsageInvalid)
                              .with(ErrorParam::Flag, QStringLiteral("--sessions"))
                              .with(ErrorParam::Detail, QStringLiteral("must be 1 to 1000000")));
    }
    auto demo = std::make_unique<Private>();
    if (base::Status status = demo->prepareFolder(options); !status)
        return base::fail(std::move(status.error()));
    base::Result<SecretBytes> secret = secretIn(demo->info.secretFile);
    if (!secret)
        return base::fail(std::move(secret.error()));
    const auto database = profileOf(Strategy::Database, *secret);
    const auto jwt = profileOf(Strategy::Jwt, *secret);
    if (base::Status status = demo->prepareDatabase(options, *database, call); !status)
        return base::fail(std::move(status.error()));
    if (base::Status status = demo->writeJwtCookie(*jwt); !status)
        return base::fail(std::move(status.error()));
    const base::Result<store::SchemaDetection> schema = store::detectSchema(demo->databaseUrl(), {}, call);
    if (!schema)
        return base::fail(schema.error());
    if (!schema->best)
        return base::fail(Error(ErrorCode::SchemaNotFound));
    base::Result<Private::Site> databaseSite = demo->open(database, *schema->best, options.port, call);
    if (!databaseSite)
        return base::fail(std::move(databaseSite.error()));
    demo->database = std::move(*databaseSite);
    base::Result<Private::Site> jwtSite = demo->open(jwt, *schema->best, 0, call);
    if (!jwtSite)
        return base::fail(std::move(jwtSite.error()));
    demo->jwt = std::move(*jwtSite);
    demo->info.baseUrl = originOf(*demo->database.server);
    demo->info.jwtBaseUrl = originOf(*demo->jwt.server);
    return std::unique_ptr<DemoDeployment>(new DemoDeployment(std::move(demo)));
}

} // namespace rollcall::demo
