using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// A parameter under the name that it has in the SQL. Dapper names it without its prefix, and the driver would then look for each
/// possible one, in each statement and each time.
/// </summary>
internal sealed class NamedParameter : SqliteParameter
{
    private static readonly ConcurrentDictionary<string, string> Prefixed = new(StringComparer.Ordinal);

    [AllowNull]
    public override string ParameterName
    {
        get => base.ParameterName;
        set => base.ParameterName = string.IsNullOrEmpty(value) || value[0] == '@' ? value : Prefixed.GetOrAdd(value, static name => "@" + name);
    }
}
