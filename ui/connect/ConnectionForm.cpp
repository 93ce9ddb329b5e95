#include "ui/connect/ConnectionForm.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QJsonDocument>
#include <QLineEdit>
#include <QStyle>
#include <QTimeZone>
#include <QVBoxLayout>

#include "ui/common/Button.h"
#include "ui/common/Surface.h"
#include "ui/common/Tag.h"
#include "ui/connect/CertificateField.h"
#include "ui/connect/DatabaseAddress.h"
#include "ui/connect/LegFinding.h"
#include "ui/connect/LegRow.h"
#include "ui/connect/SecretField.h"
#include "ui/connect/SecretList.h"

namespace rollcall::connect {

using common::Icon;
using session::AuthVersion;
using session::Strategy;
using workspace::Environment;

namespace {

constexpr int wide = 1160; ///< width of the card from which on the columns have the design's measures

QString mapText(const store::SchemaProfile &schema)
{
    return QString::fromUtf8(QJsonDocument(schema.toJson()).toJson(QJsonDocument::Compact));
}

QString schemaWords(const store::SchemaProfile &schema)
{
    const QString table = schema.sessions.schema.isEmpty()
                              ? schema.sessions.table
                              : schema.sessions.schema + QLatin1Char('.') + schema.sessions.table;
    return QStringLiteral("%1: %2").arg(schema.adapter, table);
}

} // namespace

ConnectionForm::ConnectionForm(const common::Theme &theme, QWidget *parent) : QFrame(parent), m_theme(theme)
{
    common::setSurface(*this, common::Surface::Card);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::xl, 0, common::space::xl, 0);
    column->setSpacing(0);
    makePlace();
    makeDatabase();
    makeSchema();
    makeSecret();
    makeDeployment();
    makeCache();
    load({}, {});
}

LegRow *ConnectionForm::addRow(Row row, Icon icon, const QString &title, const QString &aside)
{
    auto *made = new LegRow(m_theme, icon, title, aside, m_rows.empty());
    m_rows.emplace(row, made);
    layout()->addWidget(made);
    return made;
}

QLineEdit *ConnectionForm::makeLine(const QString &objectName, const QString &name, const QString &placeholder,
                                    Part part)
{
    auto *line = new QLineEdit;
    line->setObjectName(objectName);
    line->setAccessibleName(name);
    line->setPlaceholderText(placeholder);
    connect(line, &QLineEdit::textEdited, this, [this, part] { Q_EMIT edited(part); });
    return line;
}

void ConnectionForm::makePlace()
{
    LegRow *row = addRow(Row::Place, Icon::Canary, tr("Name and place"));
    m_name = makeLine(QStringLiteral("connectionName"), tr("Name"), tr("what you call this deployment"), Part::Place);
    row->addField(tr("Name"), m_name);
    auto *box = new QWidget;
    auto *line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(common::space::s);
    m_environment = new QComboBox;
    m_environment->setObjectName(QStringLiteral("environment"));
    m_environment->setAccessibleName(tr("Environment"));
    for (const Environment environment : {Environment::Development, Environment::Staging, Environment::Production})
        m_environment->addItem(common::environmentWord(environment), static_cast<int>(environment));
    m_tag = new common::Tag(m_theme, Environment::Development);
    line->addWidget(m_environment, 1);
    line->addWidget(m_tag);
    connect(m_environment, &QComboBox::activated, this, [this] {
        updateEnvironment();
        proposeMasking();
        Q_EMIT edited(Part::Place);
    });
    row->addField(tr("Environment"), box);
    m_ownUser = makeLine(QStringLiteral("ownUser"), tr("As whom you sign in there"),
                         tr("your own e-mail there: plans say which sessions are yours"), Part::Place);
    row->addField(tr("You"), m_ownUser);
    m_mask = new QCheckBox(tr("Mask names and e-mails"));
    m_mask->setObjectName(QStringLiteral("maskPersonal"));
    m_mask->setToolTip(tr("Until somebody asks to see them, which goes on record and ends by itself after 30 seconds"));
    m_mask->setAccessibleDescription(m_mask->toolTip());
    connect(m_mask, &QCheckBox::clicked, this, [this] {
        m_isMaskDecided = true;
        Q_EMIT edited(Part::Place);
    });
    row->addField(tr("Privacy"), m_mask);
}

void ConnectionForm::makeDatabase()
{
    LegRow *row = addRow(Row::Database, Icon::Database, tr("Database"));
    m_database.address = makeLine(QStringLiteral("databaseAddress"), tr("Database address"),
                                  QStringLiteral("postgresql://, mysql:// or redis://user@host/name"), Part::Database);
    m_database.password = new SecretField(m_theme, tr("Database password"));
    m_database.password->setObjectName(QStringLiteral("databasePassword"));
    addAddress(row, m_database, Part::Database, [this] {
        m_candidates.clear();
        m_found.clear();
        fillSchemas();
        updatePasswordField();
    });
}

void ConnectionForm::addAddress(LegRow *row, AddressField &field, Part part, const std::function<void()> &whenEdited)
{
    connect(field.password, &QLineEdit::textEdited, this, [this, part] { Q_EMIT edited(part); });
    connect(field.address, &QLineEdit::textEdited, this, [this, &field, part, whenEdited](const QString &text) {
        showCertificate(field);
        if (whenEdited)
            whenEdited();
        // Pasted, not typed: a password that is still being typed must not jump away.
        if (text.size() - field.length > 1)
            liftPassword(field, part);
        field.length = field.address->text().size();
    });
    connect(field.address, &QLineEdit::editingFinished, this, [this, &field, part] { liftPassword(field, part); });
    row->addField(tr("Address"), field.address);
    row->addField(tr("Password"), field.password);
    field.certificate = new CertificateField(m_theme);
    field.certificate->setObjectName(field.address->objectName() + QStringLiteral("Certificate"));
    field.certificate->setAccessibleName(part == Part::Database ? tr("Client certificate for the database")
                                                                : tr("Client certificate for the cache"));
    connect(field.certificate, &CertificateField::edited, this, [this, part] { Q_EMIT edited(part); });
    row->addField(tr("Certificate"), field.certificate);
    field.row = row;
    showCertificate(field);
}

void ConnectionForm::makeSchema()
{
    LegRow *row = addRow(Row::Schema, Icon::Columns, tr("Schema"));
    m_schema = new QComboBox;
    m_schema->setObjectName(QStringLiteral("adapter"));
    m_schema->setAccessibleName(tr("Adapter"));
    connect(m_schema, &QComboBox::activated, this, [this] {
        m_base.schemaMap = m_schema->currentData().toString();
        Q_EMIT edited(Part::Database);
    });
    m_timeZone = makeLine(QStringLiteral("timeZone"), tr("Time zone of stored times without one"),
                          tr("UTC, unless said otherwise"), Part::Database);
    QStringList zones;
    for (const QByteArray &id : QTimeZone::availableTimeZoneIds())
        zones << QString::fromLatin1(id);
    auto *completer = new QCompleter(zones, m_timeZone);
    completer->setFilterMode(Qt::MatchContains);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    connect(completer, qOverload<const QString &>(&QCompleter::activated), this,
            [this] { Q_EMIT edited(Part::Database); });
    m_timeZone->setCompleter(completer);
    row->addField(tr("Adapter"), m_schema);
    row->addField(tr("Time zone"), m_timeZone);
    m_editMap = new common::Button(m_theme, tr("Tables and columns…"), common::ButtonKind::Link);
    m_editMap->setObjectName(QStringLiteral("editMap"));
    connect(m_editMap, &common::Button::clicked, this, &ConnectionForm::mapWanted);
    row->addField({}, m_editMap);
}

void ConnectionForm::makeSecret()
{
    LegRow *row = addRow(Row::Secret, Icon::Key, tr("Secret"));
    m_secret = new SecretField(m_theme, tr("Secret"));
    m_secret->setObjectName(QStringLiteral("authSecret"));
    m_secret->setPlaceholderText(tr("AUTH_SECRET or NEXTAUTH_SECRET"));
    connect(m_secret, &QLineEdit::textEdited, this, [this] { Q_EMIT edited(Part::Deployment); });
    m_older = new SecretList(m_theme);
    connect(m_older, &SecretList::edited, this, [this] { Q_EMIT edited(Part::Deployment); });
    row->addField(tr("Secret"), m_secret);
    row->addField(tr("Older secrets"), m_older);
}

void ConnectionForm::makeDeployment()
{
    LegRow *row = addRow(Row::Deployment, Icon::Globe, tr("Deployment"));
    m_baseUrl = makeLine(QStringLiteral("baseUrl"), tr("Base URL"), QStringLiteral("https://shop.example.com"),
                         Part::Deployment);
    m_basePath = makeLine(QStringLiteral("basePath"), tr("Base path"), QStringLiteral("/api/auth"), Part::Deployment);
    m_version = new QComboBox;
    m_version->setObjectName(QStringLiteral("version"));
    m_version->setAccessibleName(tr("Library"));
    m_version->addItem(tr("Library found by itself"));
    m_version->addItem(tr("NextAuth 4"), static_cast<int>(AuthVersion::V4));
    m_version->addItem(tr("Auth.js v5"), static_cast<int>(AuthVersion::V5));
    m_version->addItem(tr("Better Auth"), static_cast<int>(AuthVersion::BetterAuth));
    m_strategy = new QComboBox;
    m_strategy->setObjectName(QStringLiteral("strategy"));
    m_strategy->setAccessibleName(tr("Session strategy"));
    m_strategy->addItem(tr("Strategy found by itself"));
    m_strategy->addItem(tr("Database rows"), static_cast<int>(Strategy::Database));
    m_strategy->addItem(tr("JWT in the cookie"), static_cast<int>(Strategy::Jwt));
    connect(m_version, &QComboBox::activated, this, [this] { Q_EMIT edited(Part::Deployment); });
    connect(m_strategy, &QComboBox::activated, this, [this] { Q_EMIT edited(Part::Database); });
    row->addField(tr("Base URL"), m_baseUrl);
    row->addField(tr("Base path"), m_basePath);
    auto *box = new QWidget;
    auto *line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(common::space::s);
    line->addWidget(m_version, 1);
    line->addWidget(m_strategy, 1);
    row->addField(tr("Sessions"), box);
}

void ConnectionForm::makeCache()
{
    LegRow *row = addRow(Row::Cache, Icon::Cache, tr("Cache"), tr("optional"));
    m_cache.address = makeLine(QStringLiteral("cacheAddress"), tr("Cache address"),
                               QStringLiteral("rediss://host:6379/0"), Part::Cache);
    m_cache.address->setToolTip(tr("redis:// or rediss://, or upstash: with the https:// address of its REST interface "
                                   "after it; the token is its password."));
    m_cache.password = new SecretField(m_theme, tr("Cache password or token"));
    m_cache.password->setObjectName(QStringLiteral("cachePassword"));
    addAddress(row, m_cache, Part::Cache);
}

void ConnectionForm::loadAddress(AddressField &field, const base::SecretBytes &whole, const QString &withoutPassword)
{
    const SplitAddress split = splitPassword(whole.isEmpty() ? withoutPassword.toUtf8() : whole.view().toByteArray());
    field.address->setText(split.address);
    field.length = split.address.size();
    field.password->setSecret(split.password);
    field.certificate->setCertificate(split.certificate);
    showCertificate(field);
}

void ConnectionForm::showCertificate(const AddressField &field)
{
    // Before an address stands there, nobody asks for one.
    field.row->setFieldVisible(field.certificate, takesCertificate(field.address->text()));
}

void ConnectionForm::load(const workspace::ConnectionProfile &profile, const workspace::ConnectionSecrets &secrets)
{
    m_base = profile;
    m_candidates.clear();
    m_found.clear();
    m_name->setText(profile.name);
    m_environment->setCurrentIndex(m_environment->findData(static_cast<int>(profile.environment)));
    m_ownUser->setText(profile.ownUser);
    m_mask->setChecked(profile.maskPersonal);
    m_isMaskDecided = false;
    updateEnvironment();
    loadAddress(m_database, secrets.databaseUrl, profile.database);
    updatePasswordField();
    m_timeZone->setText(profile.timeZone);
    fillSchemas();
    const auto &all = secrets.authSecrets;
    m_secret->setSecret(all.empty() ? base::SecretBytes() : all.front().clone());
    m_older->setSecrets(all.size() > 1 ? std::span(all).subspan(1) : std::span<const base::SecretBytes>());
    m_baseUrl->setText(profile.baseUrl);
    m_basePath->setText(profile.basePath);
    m_version->setCurrentIndex(profile.version ? m_version->findData(static_cast<int>(*profile.version)) : 0);
    m_strategy->setCurrentIndex(profile.strategy ? m_strategy->findData(static_cast<int>(*profile.strategy)) : 0);
    loadAddress(m_cache, secrets.cacheUrl, profile.cache);
}

void ConnectionForm::fill(const workspace::ConnectionProfile &profile, const workspace::ConnectionSecrets &secrets)
{
    const bool isMaskDecided = m_isMaskDecided;
    const bool wasMasked = m_base.maskPersonal;
    load(profile, secrets);
    m_isMaskDecided = isMaskDecided;
    m_base.maskPersonal = wasMasked;
}

workspace::ConnectionProfile ConnectionForm::profile() const
{
    workspace::ConnectionProfile profile = m_base;
    profile.name = m_name->text().trimmed();
    profile.ownUser = m_ownUser->text().trimmed();
    profile.maskPersonal = m_mask->isChecked();
    profile.environment = static_cast<Environment>(m_environment->currentData().toInt());
    profile.database = workspace::redactUrl(
        withCertificate(m_database.address->text(), m_database.certificate->certificate()).toUtf8());
    profile.cache =
        workspace::redactUrl(withCertificate(m_cache.address->text(), m_cache.certificate->certificate()).toUtf8());
    profile.timeZone = m_timeZone->text().trimmed();
    profile.baseUrl = m_baseUrl->text().trimmed();
    profile.basePath = m_basePath->text().trimmed();
    const QVariant version = m_version->currentData();
    profile.version = version.isValid() ? std::optional(static_cast<AuthVersion>(version.toInt())) : std::nullopt;
    const QVariant strategy = m_strategy->currentData();
    profile.strategy = strategy.isValid() ? std::optional(static_cast<Strategy>(strategy.toInt())) : std::nullopt;
    return profile;
}

workspace::ConnectionSecrets ConnectionForm::secrets() const
{
    workspace::ConnectionSecrets secrets;
    const auto joined = [](const AddressField &field) {
        return joinSecrets(field.address->text(), field.password->secret(), field.certificate->certificate());
    };
    secrets.databaseUrl = joined(m_database);
    secrets.cacheUrl = joined(m_cache);
    if (!m_secret->text().isEmpty())
        secrets.authSecrets.push_back(m_secret->secret());
    for (base::SecretBytes &older : m_older->secrets())
        secrets.authSecrets.push_back(std::move(older));
    return secrets;
}

LegFinding &ConnectionForm::finding(Row row)
{
    return m_rows.at(row)->finding();
}

void ConnectionForm::offerSchemas(const store::SchemaDetection &detection)
{
    m_candidates = detection.candidates;
    m_found = detection.best ? schemaWords(*detection.best) : QString();
    fillSchemas();
}

void ConnectionForm::fillSchemas()
{
    m_schema->clear();
    m_schema->addItem(m_found.isEmpty() ? tr("Found by itself") : tr("Found by itself, %1").arg(m_found), QString());
    for (const store::SchemaProfile &candidate : m_candidates) {
        m_schema->addItem(tr("%1, %2 % sure").arg(schemaWords(candidate)).arg(qRound(candidate.confidence * 100)),
                          mapText(candidate));
    }
    const int chosen = m_schema->findData(m_base.schemaMap);
    if (chosen < 0)
        m_schema->addItem(tr("As chosen for this connection"), m_base.schemaMap);
    m_schema->setCurrentIndex(chosen < 0 ? m_schema->count() - 1 : chosen);
}

void ConnectionForm::setWrong(Field field, bool wrong)
{
    QLineEdit *line = nullptr;
    switch (field) {
    case Field::Database:
        line = m_database.address;
        break;
    case Field::TimeZone:
        line = m_timeZone;
        break;
    case Field::BaseUrl:
        line = m_baseUrl;
        break;
    case Field::BasePath:
        line = m_basePath;
        break;
    case Field::Cache:
        line = m_cache.address;
        break;
    }
    if (!line || line->property("wrong").toBool() == wrong)
        return;
    line->setProperty("wrong", wrong);
    line->style()->unpolish(line);
    line->style()->polish(line);
}

void ConnectionForm::useBaseUrl(const QString &url)
{
    m_baseUrl->setText(url);
    Q_EMIT edited(Part::Deployment);
}

void ConnectionForm::useJwt()
{
    m_strategy->setCurrentIndex(m_strategy->findData(static_cast<int>(Strategy::Jwt)));
    Q_EMIT edited(Part::Database);
}

void ConnectionForm::useCaFile(const QString &path)
{
    m_base.caFile = path;
    Q_EMIT edited(Part::Database);
    Q_EMIT edited(Part::Deployment);
    Q_EMIT edited(Part::Cache);
}

void ConnectionForm::useMap(const QString &map, const QString &timeZone)
{
    m_base.schemaMap = map;
    m_timeZone->setText(timeZone);
    fillSchemas();
    Q_EMIT edited(Part::Database);
}

void ConnectionForm::focusFirst()
{
    m_name->setFocus(Qt::OtherFocusReason);
}

void ConnectionForm::liftPassword(AddressField &field, Part part)
{
    QByteArray text = field.address->text().trimmed().toUtf8();
    const bool hasPassword = workspace::urlHasPassword(text);
    const SplitAddress split = splitPassword(text);
    base::wipe(text);
    const bool hasCertificate = split.certificate.isNamed();
    if (!hasPassword && !hasCertificate)
        return;
    field.address->setText(split.address);
    field.length = split.address.size();
    if (!split.password.isEmpty())
        field.password->setSecret(split.password);
    if (hasCertificate)
        field.certificate->setCertificate(split.certificate);
    showCertificate(field);
    updatePasswordField();
    Q_EMIT edited(part);
}

void ConnectionForm::updatePasswordField()
{
    const bool file = isFileAddress(m_database.address->text());
    m_database.password->setEnabled(!file);
    const bool keys = isRedisAddress(m_database.address->text());
    m_editMap->setEnabled(!keys);
    m_editMap->setToolTip(keys ? tr("Redis has keys and no tables: what they are is found by itself") : QString());
    m_database.password->setPlaceholderText(file ? tr("a file needs none") : QString());
}

void ConnectionForm::updateEnvironment()
{
    const auto environment = static_cast<Environment>(m_environment->currentData().toInt());
    m_tag->setEnvironment(environment);
    // The words differ in width; so does the tag.
    m_tag->updateGeometry();
}

void ConnectionForm::proposeMasking()
{
    // People at work stand behind those sessions, and whoever looks over a shoulder or at a shared screen reads along;
    // elsewhere made-up users do, and masks would hide nothing but what is being tested. What was saved is no worse
    // off.
    if (!m_isMaskDecided)
        m_mask->setChecked(m_base.maskPersonal || m_environment->currentData() == int(Environment::Production));
}

void ConnectionForm::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    const bool roomy = width() >= wide;
    for (const auto &[row, widget] : m_rows)
        widget->setColumns(roomy ? 176 : 140, roomy ? 496 : 416);
}

} // namespace rollcall::connect
