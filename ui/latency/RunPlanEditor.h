#pragma once

#include <QFrame>

#include "core/probe/RunPlan.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/Theme.h"
#include "ui/latency/RouteImport.h"

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::latency {

/// Where a run is planned: routes, modes, samples, pace and cookie. Says at once what is wrong or what the run will
/// take. **Thread-safety:** GUI thread only.
class RunPlanEditor final : public QFrame
{
    Q_OBJECT

public:
    /// @p theme and @p connection are borrowed and outlive the editor.
    RunPlanEditor(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);

    /// The plan as it stands, with a new seed and the budgets of the modes it measures. Errors: those of
    /// RunPlan::validate(), WriteRefused (a canary is a row and the connection is read-only).
    [[nodiscard]] base::Result<probe::RunPlan> plan() const;
    void setRoutes(const QStringList &routes);
    /// Reads routes of @p path in place of those that are there; changed() follows, or the hint says why not.
    void importRoutes(RouteSource source, const QString &path);
    /// The same of the sitemap at @p url, which is asked for.
    void fetchRoutes(const QUrl &url);
    /// The budgets set, of modes that are measured and of others.
    [[nodiscard]] const std::vector<probe::Budget> &budgets() const { return m_budgets; }
    void setBudgets(std::vector<probe::Budget> budgets);
    void setSamples(int samples);
    /// Whether requests are paced by the guards; off has effect towards a loopback deployment alone.
    void setGuarded(bool guarded);
    void setModeChecked(probe::ProbeMode mode, bool checked);
    /// "6 routes × 3 modes".
    [[nodiscard]] QString summary() const;

Q_SIGNALS:
    void changed();
    /// budgets() are others than before.
    void budgetsChanged();

private:
    enum Pace { Guarded, Unguarded, ColdStarts };
    [[nodiscard]] Pace pace() const;
    /// Fields that a series of cold starts settles itself, and its own.
    void followPace();
    [[nodiscard]] QWidget *makeField(const QString &caption, QWidget *field) const;
    [[nodiscard]] QWidget *makeModes();
    [[nodiscard]] QWidget *makeFoot();
    [[nodiscard]] QLayout *makePace();
    [[nodiscard]] MeasuredSite site() const;
    void takeRoutes(const QStringList &routes, const QString &remark);
    void askAboutHost(const QStringList &routes, const QString &remark, const QString &otherHost);
    void editBudgets();
    void chooseRoutes(RouteSource source);
    void chooseSitemapAddress();
    void sayReading(const QString &words);
    [[nodiscard]] QStringList routes() const;
    [[nodiscard]] bool needsRow() const;
    void updateHint();
    [[nodiscard]] QString forecast(const probe::RunPlan &plan) const;

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    QPlainTextEdit *m_routes;
    QList<std::pair<probe::ProbeMode, QCheckBox *>> m_modes;
    QSpinBox *m_samples;
    QComboBox *m_pace;
    QSpinBox *m_idle;                 ///< minutes; shown for cold starts
    std::optional<int> m_warmSamples; ///< while those are chosen: how many were wanted before
    QComboBox *m_cookie;
    QLineEdit *m_cookieText;
    QCheckBox *m_withoutCookie; ///< beside the session's: what a check costs within a route
    QCheckBox *m_cold;          ///< beside kept connections
    common::Label *m_hint;
    common::Label *m_routesRemark; ///< of the routes read last
    common::Button *m_budgetsButton;
    std::vector<probe::Budget> m_budgets;
    RouteImport m_import;
};

} // namespace rollcall::latency
