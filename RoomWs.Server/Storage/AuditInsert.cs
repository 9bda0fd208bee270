using System.Data.Common;
using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>
/// Inserts the audit row that every change except content adds. Keeps its command and parameters: making them anew each time, as Dapper does,
/// takes longer than inserting the row. Writer's thread only.
/// </summary>
internal sealed class AuditInsert
{
    private readonly DbCommand _command;
    private readonly DbParameter _roomId;
    private readonly DbParameter _at;
    private readonly DbParameter _userId;
    private readonly DbParameter _action;
    private readonly DbParameter _version;
    private readonly DbParameter _targets;
    private readonly DbParameter _detail;

    public AuditInsert(DbConnection connection)
    {
        _command = connection.CreateCommand();
        _command.CommandText =
            """
            INSERT INTO audit (room_id, at, user_id, action, version, targets, detail, previous)
            VALUES (@roomId, @at, @userId, @action, @version, @targets, @detail, (SELECT audit_last FROM rooms WHERE id = @roomId))
            """;
        _roomId = Parameter("@roomId");
        _at = Parameter("@at");
        _userId = Parameter("@userId");
        _action = Parameter("@action");
        _version = Parameter("@version");
        _targets = Parameter("@targets");
        _detail = Parameter("@detail");
    }

    public void Run(string action, string userId, RoomChange change, AuditNote note, long now)
    {
        _roomId.Value = change.RoomId;
        _at.Value = now;
        _userId.Value = userId;
        _action.Value = action;
        _version.Value = change.After is { } after ? after.Version : DBNull.Value;
        _targets.Value = note.Targets is { Count: > 0 } targets ? JsonSerializer.Serialize(targets, ProtocolJson.Wire.IReadOnlyListString) : DBNull.Value;
        _detail.Value = (object?)note.Detail ?? DBNull.Value;
        _command.ExecuteNonQuery();
    }

    private DbParameter Parameter(string name)
    {
        var parameter = _command.CreateParameter();
        parameter.ParameterName = name;
        _command.Parameters.Add(parameter);
        return parameter;
    }
}
