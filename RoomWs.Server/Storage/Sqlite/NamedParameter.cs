using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// A parameter that adds the @ prefix to its name. Dapper sets the name without it, and then the driver tries every possible prefix, for each
/// statement and each run. The cache of names may be used from any thread.
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
