#pragma once

#include <memory>
#include <vector>

#include "app/ctl/Command.h"

namespace rollcall::ctl {

/// All commands of this version, in the order of the help.
[[nodiscard]] std::vector<std::unique_ptr<const Command>> makeCommands();

// One function a command, defined in the file of its group.
[[nodiscard]] std::unique_ptr<const Command> makeCheck();
[[nodiscard]] std::unique_ptr<const Command> makeConnectionsList();
[[nodiscard]] std::unique_ptr<const Command> makeConnectionsShow();
[[nodiscard]] std::unique_ptr<const Command> makeConnectionsAdd();
[[nodiscard]] std::unique_ptr<const Command> makeConnectionsRemove();
[[nodiscard]] std::unique_ptr<const Command> makeSchemaDetect();
[[nodiscard]] std::unique_ptr<const Command> makeSessionsList();
[[nodiscard]] std::unique_ptr<const Command> makeSessionsStats();
[[nodiscard]] std::unique_ptr<const Command> makeSessionsWatch();
[[nodiscard]] std::unique_ptr<const Command> makeSessionsRevoke();
[[nodiscard]] std::unique_ptr<const Command> makeSessionsRestore();
[[nodiscard]] std::unique_ptr<const Command> makeSessionsPrune();
[[nodiscard]] std::unique_ptr<const Command> makePlanSave();
[[nodiscard]] std::unique_ptr<const Command> makePlanShow();
[[nodiscard]] std::unique_ptr<const Command> makePlanApprove();
[[nodiscard]] std::unique_ptr<const Command> makeOperationsList();
[[nodiscard]] std::unique_ptr<const Command> makeOperationsResume();
[[nodiscard]] std::unique_ptr<const Command> makeOperationsPause();
[[nodiscard]] std::unique_ptr<const Command> makeOperationsDiscard();
[[nodiscard]] std::unique_ptr<const Command> makeFindings();
[[nodiscard]] std::unique_ptr<const Command> makeResolve();
[[nodiscard]] std::unique_ptr<const Command> makeRoutesList();
[[nodiscard]] std::unique_ptr<const Command> makeRoutesMatch();
[[nodiscard]] std::unique_ptr<const Command> makeTokenDecode();
[[nodiscard]] std::unique_ptr<const Command> makeTokenMint();
[[nodiscard]] std::unique_ptr<const Command> makeTokenRemove();
[[nodiscard]] std::unique_ptr<const Command> makeTokenVerify();
[[nodiscard]] std::unique_ptr<const Command> makeUsersList();
[[nodiscard]] std::unique_ptr<const Command> makeCacheList();
[[nodiscard]] std::unique_ptr<const Command> makeCacheDrift();
[[nodiscard]] std::unique_ptr<const Command> makeCachePurge();
[[nodiscard]] std::unique_ptr<const Command> makeRuleShow();
[[nodiscard]] std::unique_ptr<const Command> makeRuleSet();
[[nodiscard]] std::unique_ptr<const Command> makeRuleRemove();
[[nodiscard]] std::unique_ptr<const Command> makeRuleSnippet();
[[nodiscard]] std::unique_ptr<const Command> makeRuleVerify();
[[nodiscard]] std::unique_ptr<const Command> makeLatencyRun();
[[nodiscard]] std::unique_ptr<const Command> makeLatencyCompare();
[[nodiscard]] std::unique_ptr<const Command> makeLatencyReport();
[[nodiscard]] std::unique_ptr<const Command> makeLatencyImport();
[[nodiscard]] std::unique_ptr<const Command> makeLatencyPropagation();
[[nodiscard]] std::unique_ptr<const Command> makeAuditList();
[[nodiscard]] std::unique_ptr<const Command> makeAuditVerify();
[[nodiscard]] std::unique_ptr<const Command> makeAuditEvidence();
[[nodiscard]] std::unique_ptr<const Command> makeAuditExport();
[[nodiscard]] std::unique_ptr<const Command> makeAuditRenew();
[[nodiscard]] std::unique_ptr<const Command> makeDemoServe();

} // namespace rollcall::ctl
