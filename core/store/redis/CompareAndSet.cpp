#include "core/store/redis/CompareAndSet.h"

using rollcall::base::Call;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::redis::RedisCommand;

namespace rollcall::store {

namespace {

/// Of each key three arguments: what is expected and what is to be, each with a '=' before it or empty for nothing, and
/// the seconds that it lives, or empty.
///
/// A server that ends carries out all of it or nothing (it reaches the log and the replicas as one transaction), but a
/// command in it can be refused: keys that the user may not touch. What is deleted goes first, so that a session is
/// never signed in and yet missing from the list of its user's, where nobody would find it again; the other way round,
/// a list that names a session that is gone, is what the libraries know and mend.
const char script[] = R"lua(
for i = 1, #KEYS do
  local found = redis.call('GET', KEYS[i])
  if (found and '=' .. found or '') ~= ARGV[3 * i - 2] then return i end
end
for i = 1, #KEYS do
  if ARGV[3 * i - 1] == '' then redis.call('DEL', KEYS[i]) end
end
for i = 1, #KEYS do
  local to, life = ARGV[3 * i - 1], ARGV[3 * i]
  if to ~= '' then
    if life == '' then redis.call('SET', KEYS[i], string.sub(to, 2))
    else redis.call('SET', KEYS[i], string.sub(to, 2), 'EX', life) end
  end
end
return 0
)lua";

QByteArray argumentOf(const KeyReader::Value &value)
{
    return value ? '=' + *value : QByteArray();
}

} // namespace

Result<bool> compareAndSet(KeyReader &writer, const KeyChanges &changes, const Call &call)
{
    RedisCommand command{"EVAL", script, QByteArray::number(qsizetype(changes.size()))};
    for (const auto &[key, change] : changes)
        command.push_back(key);
    for (const auto &[key, change] : changes) {
        command.push_back(argumentOf(change.expected));
        command.push_back(argumentOf(change.next));
        command.push_back(change.life ? QByteArray::number(qint64{change.life->count()}) : QByteArray());
    }
    const auto reply = writer.ask(command, call);
    if (!reply)
        return fail(reply.error());
    return reply->number == 0;
}

} // namespace rollcall::store
