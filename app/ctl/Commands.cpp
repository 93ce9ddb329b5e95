#include "app/ctl/Commands.h"

namespace rollcall::ctl {

std::vector<std::unique_ptr<const Command>> makeCommands()
{
    std::vector<std::unique_ptr<const Command>> commands;
    for (const auto make : {makeCheck,
                            makeConnectionsList,
                            makeConnectionsShow,
                            makeConnectionsAdd,
                            makeConnectionsRemove,
                            makeSchemaDetect,
                            makeSessionsList,
                            makeSessionsStats,
                            makeSessionsWatch,
                            makeSessionsRevoke,
                            makeSessionsRestore,
                            makeSessionsPrune,
                            makePlanSave,
                            makePlanShow,
                            makePlanApprove,
                            makeOperationsList,
                            makeOperationsResume,
                            makeOperationsPause,
                            makeOperationsDiscard,
                            makeFindings,
                            makeResolve,
                            makeRoutesList,
                            makeRoutesMatch,
                            makeTokenDecode,
                            makeTokenMint,
                            makeTokenRemove,
                            makeTokenVerify,
                            makeUsersList,
                            makeCacheList,
                            makeCacheDrift,
                            makeCachePurge,
                            makeRuleShow,
                            makeRuleSet,
                            makeRuleRemove,
                            makeRuleSnippet,
                            makeRuleVerify,
                            makeLatencyRun,
                            makeLatencyCompare,
                            makeLatencyReport,
                            makeLatencyImport,
                            makeLatencyPropagation,
                            makeAuditList,
                            makeAuditVerify,
                            makeAuditEvidence,
                            makeAuditExport,
                            makeAuditRenew,
                            makeDemoServe})
        commands.push_back(make());
    return commands;
}

} // namespace rollcall::ctl
