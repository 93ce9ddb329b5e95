#include "ui/connect/SchemaMappingEditor.h"

#include <QCompleter>
#include <QGridLayout>
#include <QJsonDocument>
#include <QLineEdit>
#include <QTimeZone>

#include "core/store/schema/SchemaBinding.h"
#include "core/store/schema/SchemaFingerprint.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/connect/ColumnChoice.h"

namespace rollcall::connect {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Label;
using store::ExpiresEncoding;

namespace {

constexpr int panelWidth = 900;
constexpr int nameWidth = 96;

QString encodingWords(ExpiresEncoding encoding)
{
    switch (encoding) {
    case ExpiresEncoding::Timestamptz:
        return SchemaMappingEditor::tr("a time with its zone");
    case ExpiresEncoding::TimestampNaive:
        return SchemaMappingEditor::tr("a time without zone");
    case ExpiresEncoding::EpochSeconds:
        return SchemaMappingEditor::tr("seconds since 1970");
    case ExpiresEncoding::EpochMilliseconds:
        return SchemaMappingEditor::tr("milliseconds since 1970");
    case ExpiresEncoding::EpochMicroseconds:
        return SchemaMappingEditor::tr("microseconds since 1970");
    case ExpiresEncoding::TextIso:
        return SchemaMappingEditor::tr("ISO text");
    case ExpiresEncoding::TextEpochMilliseconds:
        return SchemaMappingEditor::tr("text of milliseconds since 1970");
    case ExpiresEncoding::Mixed:
        return SchemaMappingEditor::tr("several of these, value by value");
    }
    return {};
}

/// Whether values of @p encoding may leave their zone open.
bool canBeZoneless(ExpiresEncoding encoding)
{
    return encoding == ExpiresEncoding::TimestampNaive || encoding == ExpiresEncoding::TextIso ||
           encoding == ExpiresEncoding::Mixed;
}

} // namespace

SchemaMappingEditor::SchemaMappingEditor(const common::Theme &theme, QWidget &origin, store::DatabaseKind kind,
                                         std::vector<store::TableInfo> tables, const store::SchemaProfile &begin,
                                         const QString &timeZone)
    : common::Sheet(theme, origin),
      m_theme(theme),
      m_kind(kind),
      m_tables(std::move(tables)),
      m_guesses(store::rankSchemas(m_tables, kind))
{
    setObjectName(QStringLiteral("schemaMapping"));
    setPanelWidth(panelWidth);
    setHeading(common::Icon::Columns, ColorToken::Accent, tr("Tables and columns"),
               tr("Where the deployment's adapter keeps sessions. The map is saved with the connection, and holds for "
                  "these columns only: where they change, Rollcall stops and asks again."));
    setBody(makeForm(begin));
    makeFoot();
    m_zone->setCurrentText(timeZone);
    offerSessions(begin);
    offerUsers(begin);
    offerAccounts(begin);
    offerEncodings(begin.sessions.table.isEmpty() ? std::nullopt : std::optional(begin.sessions.encoding));

    connect(m_sessions, &QComboBox::activated, this, [this] { offerSessions(guessFor(m_sessions->table())); });
    connect(m_users, &QComboBox::activated, this, [this] { offerUsers(guessFor(m_sessions->table())); });
    connect(m_accounts, &QComboBox::activated, this, [this] { offerAccounts(guessFor(m_sessions->table())); });
    connect(m_expires, &QComboBox::activated, this, [this] { offerEncodings(std::nullopt); });
    for (QComboBox *box : findChildren<QComboBox *>())
        connect(box, &QComboBox::currentTextChanged, this, &SchemaMappingEditor::judge);
    judge();
}

QWidget *SchemaMappingEditor::makeForm(const store::SchemaProfile &begin)
{
    auto *form = new QWidget;
    auto *halves = new QHBoxLayout(form);
    halves->setContentsMargins(common::space::xl, common::space::m, common::space::xl, common::space::m);
    halves->setSpacing(common::space::xxl);
    const auto half = [halves] {
        auto *grid = new QGridLayout;
        grid->setHorizontalSpacing(common::space::m);
        grid->setVerticalSpacing(common::space::s);
        grid->setColumnMinimumWidth(0, nameWidth);
        grid->setColumnStretch(1, 1);
        halves->addLayout(grid, 1);
        return grid;
    };
    const auto column = [this](QGridLayout &grid, const QString &group, const QString &name, bool optional,
                               const char *objectName) {
        auto *choice = new ColumnChoice(tr("%1: %2").arg(group, name), optional);
        choice->setObjectName(QLatin1String(objectName));
        addField(grid, name, choice);
        return choice;
    };
    const auto table = [this](QGridLayout &grid, const QString &group, bool optional, const QString &schema,
                              const QString &name, const char *objectName) {
        auto *choice = new TableChoice(tr("%1: table").arg(group), optional, m_tables, schema, name);
        choice->setObjectName(QLatin1String(objectName));
        addField(grid, tr("Table"), choice);
        return choice;
    };

    QGridLayout &left = *half();
    const QString sessions = tr("Sessions");
    addHeading(left, sessions);
    m_sessions = table(left, sessions, false, begin.sessions.schema, begin.sessions.table, "mapSessions");
    m_token = column(left, sessions, tr("Token"), false, "mapToken");
    m_userId = column(left, sessions, tr("User"), false, "mapUser");
    m_expires = column(left, sessions, tr("Expires"), false, "mapExpires");
    m_encoding = new QComboBox;
    m_encoding->setObjectName(QStringLiteral("mapEncoding"));
    m_encoding->setAccessibleName(tr("How the expiry is stored"));
    addField(left, tr("Stored as"), m_encoding);
    m_zone = new QComboBox;
    m_zone->setObjectName(QStringLiteral("mapZone"));
    m_zone->setAccessibleName(tr("Time zone of stored times without one"));
    m_zone->setEditable(true);
    for (const QByteArray &id : QTimeZone::availableTimeZoneIds())
        m_zone->addItem(QString::fromLatin1(id));
    m_zone->lineEdit()->setPlaceholderText(tr("UTC, unless said otherwise"));
    m_zone->completer()->setFilterMode(Qt::MatchContains);
    m_zone->completer()->setCompletionMode(QCompleter::PopupCompletion);
    addField(left, tr("Time zone"), m_zone);
    m_id = column(left, sessions, tr("Row id"), true, "mapId");
    m_created = column(left, sessions, tr("Created"), true, "mapCreated");
    m_ip = column(left, sessions, tr("IP address"), true, "mapIp");
    m_agent = column(left, sessions, tr("Client"), true, "mapAgent");
    m_impersonatedBy = column(left, sessions, tr("Impersonated by"), true, "mapImpersonatedBy");
    m_organization = column(left, sessions, tr("Organization"), true, "mapOrganization");

    QGridLayout &right = *half();
    const QString users = tr("Users");
    const store::SchemaProfile::Users noUsers{};
    const auto &ofUsers = begin.users ? *begin.users : noUsers;
    addHeading(right, users);
    m_users = table(right, users, true, ofUsers.schema, ofUsers.table, "mapUsers");
    m_usersId = column(right, users, tr("Id"), false, "mapUsersId");
    m_name = column(right, users, tr("Name"), true, "mapName");
    m_email = column(right, users, tr("E-mail"), true, "mapEmail");
    m_image = column(right, users, tr("Image"), true, "mapImage");
    const QString accounts = tr("Accounts");
    const store::SchemaProfile::Accounts noAccounts{};
    const auto &ofAccounts = begin.accounts ? *begin.accounts : noAccounts;
    addHeading(right, accounts);
    m_accounts = table(right, accounts, true, ofAccounts.schema, ofAccounts.table, "mapAccounts");
    m_accountUser = column(right, accounts, tr("User"), false, "mapAccountUser");
    m_provider = column(right, accounts, tr("Provider"), false, "mapProvider");
    right.setRowStretch(right.rowCount(), 1);
    left.setRowStretch(left.rowCount(), 1);
    return form;
}

void SchemaMappingEditor::addHeading(QGridLayout &grid, const QString &text)
{
    auto *heading = new Label(m_theme, text, FontToken::Section);
    heading->setMinimumHeight(common::measure::control);
    grid.addWidget(heading, grid.rowCount(), 0, 1, 2);
}

void SchemaMappingEditor::addField(QGridLayout &grid, const QString &name, QWidget *field)
{
    auto *label = new Label(m_theme, name, FontToken::Body, ColorToken::Muted);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    const int row = grid.rowCount();
    grid.addWidget(label, row, 0);
    grid.addWidget(field, row, 1);
}

void SchemaMappingEditor::makeFoot()
{
    auto *find = new Button(m_theme, tr("Find by itself"), ButtonKind::Quiet);
    find->setObjectName(QStringLiteral("mapFind"));
    find->setLarge(true);
    find->setToolTip(tr("Forget the map and look at the tables anew"));
    addFootStart(find);
    m_complaint = new Label(m_theme, {}, FontToken::Body, ColorToken::Muted);
    m_complaint->setObjectName(QStringLiteral("mapComplaint"));
    addFootStart(m_complaint);
    auto *cancel = new Button(m_theme, tr("Cancel"));
    cancel->setLarge(true);
    cancel->setKeyHint(tr("Esc"));
    addFootEnd(cancel);
    m_use = new Button(m_theme, tr("Use this map"), ButtonKind::Primary);
    m_use->setObjectName(QStringLiteral("mapUse"));
    m_use->setLarge(true);
    addFootEnd(m_use);
    setExecute(m_use);
    connect(cancel, &Button::clicked, this, &Sheet::dismiss);
    connect(find, &Button::clicked, this, [this] {
        Q_EMIT settled({}, m_zone->currentText().trimmed());
        dismiss();
    });
    connect(m_use, &Button::clicked, this, [this] {
        const QByteArray map = QJsonDocument(profile().toJson()).toJson(QJsonDocument::Compact);
        Q_EMIT settled(QString::fromUtf8(map), m_zone->currentText().trimmed());
        dismiss();
    });
}

store::SchemaProfile SchemaMappingEditor::guessFor(const store::TableInfo *sessions) const
{
    const auto guess = std::ranges::find_if(m_guesses, [&](const store::SchemaCandidate &candidate) {
        return sessions && candidate.profile.sessions.schema == sessions->schema &&
               candidate.profile.sessions.table == sessions->name;
    });
    return guess == m_guesses.end() ? store::SchemaProfile() : guess->profile;
}

void SchemaMappingEditor::offerSessions(const store::SchemaProfile &from)
{
    const store::TableInfo *table = m_sessions->table();
    m_token->offer(table, from.sessions.token);
    m_userId->offer(table, from.sessions.userId);
    m_expires->offer(table, from.sessions.expires);
    m_id->offer(table, from.sessions.id);
    m_created->offer(table, from.sessions.createdAt);
    m_ip->offer(table, from.sessions.ipAddress);
    m_agent->offer(table, from.sessions.userAgent);
    m_impersonatedBy->offer(table, from.sessions.impersonatedBy);
    m_organization->offer(table, from.sessions.organization);
    offerEncodings(std::nullopt);
}

void SchemaMappingEditor::offerUsers(const store::SchemaProfile &from)
{
    const store::TableInfo *table = m_users->table();
    m_usersId->offer(table, from.users ? std::optional(from.users->id) : std::nullopt);
    m_name->offer(table, from.users ? from.users->name : std::nullopt);
    m_email->offer(table, from.users ? from.users->email : std::nullopt);
    m_image->offer(table, from.users ? from.users->image : std::nullopt);
}

void SchemaMappingEditor::offerAccounts(const store::SchemaProfile &from)
{
    const store::TableInfo *table = m_accounts->table();
    m_accountUser->offer(table, from.accounts ? std::optional(from.accounts->userId) : std::nullopt);
    m_provider->offer(table, from.accounts ? std::optional(from.accounts->provider) : std::nullopt);
}

void SchemaMappingEditor::offerEncodings(std::optional<ExpiresEncoding> wanted)
{
    m_encoding->clear();
    const store::TableInfo *table = m_sessions->table();
    const auto column = m_expires->column();
    if (!table || !column)
        return;
    for (const ExpiresEncoding encoding : store::encodingsFor(m_kind, table->typeOf(*column)))
        m_encoding->addItem(encodingWords(encoding), static_cast<int>(encoding));
    if (wanted)
        m_encoding->setCurrentIndex(std::max(m_encoding->findData(static_cast<int>(*wanted)), 0));
}

QString SchemaMappingEditor::complaint() const
{
    if (!m_sessions->table())
        return tr("Which table holds the sessions?");
    for (const auto &[choice, words] : {std::pair{m_token, tr("Which column holds the token?")},
                                        {m_userId, tr("Which column names the user?")},
                                        {m_expires, tr("Which column says when a session ends?")}}) {
        if (!choice->isSettled())
            return words;
    }
    if (m_token->column() == m_userId->column() || m_token->column() == m_expires->column() ||
        m_userId->column() == m_expires->column())
        return tr("Token, user and expiry are three different columns.");
    if (m_encoding->currentIndex() < 0)
        return tr("A column of this type holds no times.");
    const QString zone = m_zone->currentText().trimmed();
    if (!zone.isEmpty() && !QTimeZone(zone.toUtf8()).isValid())
        return tr("There is no such time zone.");
    if (m_users->table() && !m_usersId->isSettled())
        return tr("Which column is the users' id?");
    if (m_accounts->table() && (!m_accountUser->isSettled() || !m_provider->isSettled()))
        return tr("Which columns of the accounts name user and provider?");
    return {};
}

store::SchemaProfile SchemaMappingEditor::profile() const
{
    store::SchemaProfile profile;
    profile.adapter = QStringLiteral("custom");
    profile.confidence = 1; // a person's word
    if (const store::TableInfo *table = m_sessions->table()) {
        profile.sessions.schema = table->schema;
        profile.sessions.table = table->name;
        profile.fingerprint = store::schemaFingerprint(*table);
    }
    profile.sessions.token = m_token->column().value_or(QString());
    profile.sessions.userId = m_userId->column().value_or(QString());
    profile.sessions.expires = m_expires->column().value_or(QString());
    profile.sessions.encoding = static_cast<ExpiresEncoding>(m_encoding->currentData().toInt());
    profile.sessions.id = m_id->column();
    profile.sessions.createdAt = m_created->column();
    profile.sessions.ipAddress = m_ip->column();
    profile.sessions.userAgent = m_agent->column();
    profile.sessions.impersonatedBy = m_impersonatedBy->column();
    profile.sessions.organization = m_organization->column();
    if (const store::TableInfo *table = m_users->table())
        profile.users = store::SchemaProfile::Users{.schema = table->schema,
                                                    .table = table->name,
                                                    .id = m_usersId->column().value_or(QString()),
                                                    .name = m_name->column(),
                                                    .email = m_email->column(),
                                                    .image = m_image->column(),
                                                    .idType = {}};
    if (const store::TableInfo *table = m_accounts->table())
        profile.accounts = store::SchemaProfile::Accounts{.schema = table->schema,
                                                          .table = table->name,
                                                          .userId = m_accountUser->column().value_or(QString()),
                                                          .provider = m_provider->column().value_or(QString())};
    return profile;
}

void SchemaMappingEditor::judge()
{
    const QString wrong = complaint();
    m_complaint->setText(wrong);
    m_use->setEnabled(wrong.isEmpty());
    m_use->setToolTip(wrong);
    m_zone->setEnabled(m_encoding->currentIndex() >= 0 &&
                       canBeZoneless(static_cast<ExpiresEncoding>(m_encoding->currentData().toInt())));
}

} // namespace rollcall::connect
